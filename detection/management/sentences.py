"""What commands say that take a stored series or a file."""

EITHER = "Name either a stored series with --series, or a file with --csv, --time and --value."
NAMED = "Name one as station/variable, such as lahore/pm2_5; `manage.py models` lists those that have a model."
