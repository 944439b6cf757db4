"""Values that are one thing: numbers, words, times. What they take is what pydantic takes, with two more things: text takes
a number as it was written, and an enumeration the name of a member."""
import datetime
import decimal
import enum
import re

from .report import listed
from .values import Written, written

EXACT, STRICT, LAX = 2, 1, 0  # how well a value fits: as it is, without a loss, by reading it


class Misfit(Exception):
    """A value that cannot become what the annotation says. where holds the keys that lead to it, the innermost first."""

    def __init__(self, why):
        super().__init__(why)
        self.where = []


class Fit:
    """How well a value fits an annotation: what a union chooses by."""

    __slots__ = ("exact", "fields", "words")

    def __init__(self, words=True):
        self.exact, self.fields, self.words = EXACT, None, words  # words: text takes numbers

    def loosen(self, level):
        self.exact = min(self.exact, level)


_TRUE = {"1", "true", "t", "yes", "y", "on"}
_FALSE = {"0", "false", "f", "no", "n", "off"}
_WHOLE = re.compile(r"([+-]?\d+(?:_\d+)*)(?:\.0*)?")


def to_bool(value, fit):
    if isinstance(value, bool):
        return value
    fit.loosen(LAX)
    word = value.lower() if isinstance(value, str) else ""
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    if isinstance(value, (int, float)) and value in (0, 1):
        return bool(value)
    raise Misfit("it must be true or false")


def to_int(value, fit):
    if type(value) is int:
        return value
    fit.loosen(LAX)
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, float):
        if value.is_integer() and abs(value) < 2**63:
            return int(value)
        raise Misfit(f"{written(value)} is not a whole number")
    if isinstance(value, str):
        found = _WHOLE.fullmatch(value.strip())
        if found:
            return int(found[1])
    raise Misfit("a whole number is wanted")


def to_float(value, fit):
    if isinstance(value, float):
        return float(value)
    fit.loosen(STRICT if type(value) is int else LAX)
    if isinstance(value, (int, str)):
        try:
            return float(value)
        except OverflowError:
            raise Misfit("it is larger than any float") from None
        except ValueError:
            pass
    raise Misfit("a number is wanted")


def to_complex(value, fit):
    fit.loosen(LAX)
    if isinstance(value, str):
        try:
            return complex(value)
        except ValueError:
            raise Misfit("a complex number is wanted") from None
    return complex(to_float(value, fit))


def to_str(value, fit):
    if isinstance(value, str):
        return value
    fit.loosen(LAX)
    if isinstance(value, (bool, int, float)) and fit.words:
        return written(value)
    raise Misfit("text is wanted")


def to_bytes(value, fit):
    fit.loosen(LAX)
    if isinstance(value, str):
        try:
            return value.encode("utf-8")
        except UnicodeEncodeError:
            raise Misfit("it holds half a surrogate pair, which has no bytes") from None
    raise Misfit("text is wanted")


def to_decimal(value, fit):
    fit.loosen(LAX)
    if isinstance(value, (int, float, str)) and not isinstance(value, bool):
        try:
            made = decimal.Decimal(value.strip() if isinstance(value, str) else written(value))
        except decimal.InvalidOperation:
            made = decimal.Decimal("nan")
        if made.is_finite():
            return made
    raise Misfit("a decimal number is wanted")


def to_enum(value, want, fit):
    if type(value) is Written:
        plain = float(value)
    else:
        plain = value
    fit.loosen(LAX)
    candidates = [plain]
    if isinstance(value, (bool, int, float)):
        candidates.append(written(value))
    elif isinstance(value, str) and issubclass(want, int) and _WHOLE.fullmatch(value):
        candidates.append(int(value))
    for c in candidates:
        try:
            return want(c)
        except (ValueError, TypeError):
            pass
    if isinstance(value, str) and value in want.__members__:
        return want[value]
    raise Misfit(f"it must be one of {listed(repr(m.value) for m in want)}")


def to_literal(value, args, fit):
    plain = float(value) if type(value) is Written else value
    for a in args:
        if type(a) is type(plain) and a == plain:
            return a
    fit.loosen(LAX)
    text = written(value) if isinstance(value, (bool, int, float)) else value
    for a in args:  # an enumeration's member, or a number that came as text, or text that came as a number
        given = a.value if isinstance(a, enum.Enum) else a
        if given is not None and (given == plain or isinstance(text, str) and str(given) == text):
            return a
    raise Misfit(f"it must be one of {listed(repr(a) for a in args)}")


# --- times ---------------------------------------------------------------------------------------------------

_CLOCK = r"(\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s?(Z|z|[+-]\d\d(?::?\d\d)?)?"
_TIME = re.compile(_CLOCK)
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_MOMENT = re.compile(rf"(\d{{4}})-(\d\d)-(\d\d)(?:[Tt _]{_CLOCK})?")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
_PERIOD = re.compile(
    r"([+-]?)P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:[.,]\d{1,9})?)S)?)?", re.IGNORECASE
)
_SPAN = re.compile(r"([+-]?)(?:(\d+) ?d(?:ays?)?,? ?)?(?:(\d{1,2}):(\d\d)(?::(\d\d(?:[.,]\d{1,9})?))?)?", re.IGNORECASE)
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


def _told(make):
    """What make() makes of numbers that may be no date or time."""
    try:
        return make()
    except (ValueError, OverflowError):
        raise Misfit("there is no such date or time") from None


def _zone(text):
    if text is None:
        return None
    if text in "Zz":
        return datetime.timezone.utc
    minutes = int(text[1:3]) * 60 + int(text[3:].replace(":", "") or 0)
    return datetime.timezone(datetime.timedelta(minutes=-minutes if text[0] == "-" else minutes))


def _clock(parts):
    hour, minute, second, fraction, zone = parts
    return int(hour), int(minute), int(second or 0), int((fraction or "0").ljust(6, "0")[:6]), _zone(zone)


def _timestamp(value):
    """Seconds since 1970; milliseconds where that would be far off, as pydantic reads them."""
    seconds = decimal.Decimal(written(value) if not isinstance(value, str) else value)
    if abs(seconds) > 20_000_000_000:
        seconds /= 1000
    return _told(lambda: _EPOCH + datetime.timedelta(microseconds=int(seconds * 1_000_000)))


def _is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def to_datetime(value, fit):
    fit.loosen(LAX)
    if _is_number(value) or isinstance(value, str) and _NUMBER.fullmatch(value):
        return _timestamp(value)
    found = _MOMENT.fullmatch(value) if isinstance(value, str) else None
    if not found:
        raise Misfit("a date and time is wanted, such as 2024-02-29T12:00:00Z")
    year, month, day, *clock = found.groups()
    time = _clock(clock) if clock[0] else (0, 0, 0, 0, None)
    return _told(lambda: datetime.datetime(int(year), int(month), int(day), *time))


def to_date(value, fit):
    fit.loosen(LAX)
    found = _DATE.fullmatch(value) if isinstance(value, str) else None
    if found:
        return _told(lambda: datetime.date(*map(int, found.groups())))
    try:
        moment = to_datetime(value, fit)
    except Misfit:
        raise Misfit("a date is wanted, such as 2024-02-29") from None
    if moment.time() != datetime.time():
        raise Misfit("it has a time of day, and a date is wanted")
    return moment.date()


def to_time(value, fit):
    fit.loosen(LAX)
    if _is_number(value) and 0 <= value < 86400:
        return _timestamp(value).timetz()
    found = _TIME.fullmatch(value) if isinstance(value, str) else None
    if not found:
        raise Misfit("a time of day is wanted, such as 12:30:00")
    hour, minute, second, micro, zone = _clock(found.groups())
    return _told(lambda: datetime.time(hour, minute, second, micro, zone))


def to_timedelta(value, fit):
    fit.loosen(LAX)
    if isinstance(value, (bool, int, float)):
        micro = (decimal.Decimal(int(value)) if isinstance(value, bool) else decimal.Decimal(written(value))) * 1_000_000
        return _told(lambda: datetime.timedelta(microseconds=int(micro)))
    text = value.strip() if isinstance(value, str) else ""
    found = _PERIOD.fullmatch(text) if text[-1:].upper() not in ("P", "T") else None
    if found:
        sign, weeks, days, hours, minutes, seconds = found.groups()
    else:
        found, weeks = _SPAN.fullmatch(text), None
        if not found or not any(found.groups()[1:]):
            raise Misfit("a number of seconds is wanted, or a time such as PT90S or 1:30:00")
        sign, days, hours, minutes, seconds = found.groups()
    micro = int(decimal.Decimal((seconds or "0").replace(",", ".")) * 1_000_000)
    parts = {"weeks": weeks, "days": days, "hours": hours, "minutes": minutes}
    made = _told(lambda: datetime.timedelta(microseconds=micro, **{k: int(v or 0) for k, v in parts.items()}))
    return -made if sign == "-" else made
