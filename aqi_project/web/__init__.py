"""What stands between a socket and Django: sizes, threads, the browser's security policy."""
