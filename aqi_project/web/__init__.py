"""What stands between a socket and Django: sizes, threads, live feeds, files, the browser's security policy."""
