"""Settings from the environment, checked as they are read, so that a wrong one stops the start with one line."""

from pathlib import Path

import environ

from aqi_project.errors import ConfigurationError

LAST_PORT = 65_535


class Environment:
    """Reads variables of the process's environment and of a `.env` file; the environment wins."""

    def __init__(self, folder: Path) -> None:
        self._env = environ.Env()
        env_file = folder / ".env"
        if env_file.is_file():
            self._env.read_env(str(env_file))

    def text(self, name: str, default: str = "") -> str:
        return str(self._env.str(name, default=default)).strip()

    def flag(self, name: str, *, default: bool) -> bool:
        text = self.text(name, "true" if default else "false").lower()
        if text in {"1", "true", "yes", "on"}:
            return True
        if text in {"0", "false", "no", "off"}:
            return False
        raise ConfigurationError(f"{name} must be true or false, not {text!r}.")

    def words(self, name: str, default: str = "") -> list[str]:
        return [word.strip() for word in self.text(name, default).split(",") if word.strip()]

    def number(self, name: str, default: float, *, least: float, most: float) -> float:
        text = self.text(name, str(default))
        try:
            number = float(text)
        except ValueError:
            raise ConfigurationError(f"{name} must be a number from {least:g} to {most:g}, not {text!r}.") from None
        if not least <= number <= most:
            raise ConfigurationError(f"{name} must be a number from {least:g} to {most:g}, not {text}.")
        return number

    def whole(self, name: str, default: int, *, least: int, most: int) -> int:
        number = self.number(name, default, least=least, most=most)
        if number != int(number):
            raise ConfigurationError(f"{name} must be a whole number, not {number:g}.")
        return int(number)

    def port(self, name: str, default: int) -> int:
        return self.whole(name, default, least=1, most=LAST_PORT)

    def choice(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        text = self.text(name, default).lower()
        if text not in choices:
            raise ConfigurationError(f"{name} must be one of {', '.join(choices)}, not {text!r}.")
        return text

    def email(self, name: str) -> dict[str, object]:
        """Django's EMAIL_* settings out of a URL such as smtp+tls://user:password@host:587."""
        try:
            return dict(self._env.email_url(name))
        except Exception as error:
            raise ConfigurationError(
                f"{name} is no mail server's URL such as smtp+tls://user:password@host:587."
            ) from error
