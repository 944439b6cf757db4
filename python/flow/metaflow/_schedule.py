"""@schedule as cron has it. Metaflow's own is that of AWS: six fields, with the days of the week from 1 for Sunday."""
import re


class DayRefused(ValueError):
    """A number that is no day of the week as AWS counts them, and may be one as cron does."""


def cron(attributes):
    """(expression of five fields, time zone or None); None where nothing is scheduled."""
    if attributes.get("cron"):
        return _five(str(attributes["cron"])), attributes.get("timezone")
    for name, text in (("weekly", "0 0 * * 0"), ("hourly", "0 * * * *"), ("daily", "0 0 * * *")):
        if attributes.get(name):
            return text, attributes.get("timezone")
    return ("0 0 * * *", attributes.get("timezone")) if attributes.get("daily", True) else None


def _five(text):
    fields = text.split()
    if len(fields) not in (5, 6):
        raise ValueError(f"{text!r} has {len(fields)} fields; AWS's cron has six: minutes hours day month weekday year")
    if len(fields) == 6 and fields[5] not in ("*", "?"):
        raise ValueError(f"{text!r} names a year, which cron does not have")
    if re.search("[LW#]", " ".join(fields[2:5:2]).upper().replace("WED", "").replace("JUL", "")):
        raise ValueError(f"{text!r} uses L, W or #, which cron does not have")
    days = re.findall(r"\d+", re.sub(r"/\d+", "", fields[4])) if len(fields) == 6 else []
    other = next((d for d in days if not 1 <= int(d) <= 7), None)
    if other is not None:
        reading = "0 is Sunday on Argo; write SUN" if int(other) == 0 else "write the name of the day, such as SUN"
        raise DayRefused(f"{text!r} has the day of the week {other}; with six fields days are counted as AWS does, from 1 for Sunday to 7 for Saturday. {reading}")
    shifts = (0, 0, 0, 0, 1 if len(fields) == 6 else 0)
    return " ".join("*" if f == "?" else ",".join(_part(p, kind, shift) for p in f.upper().split(",")) for f, kind, shift in zip(fields, _KINDS, shifts))


# The least and the largest value of each field, and its names.
_MONTHS = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split()
_KINDS = ((0, 59, []), (0, 23, []), (1, 31, []), (1, 12, _MONTHS), (0, 6, "SUN MON TUE WED THU FRI SAT".split()))


def _part(text, kind, shift):
    """A value or a range, of which cron wants the smaller value first. A step such as */2 counts and stays."""
    values, slash, step = text.partition("/")
    ends = [str(int(v) - shift) if v.isdigit() else v for v in values.split("-")]
    least, most, names = kind
    numbers = [int(v) if v.isdigit() else names.index(v) + least if v in names else None for v in ends]
    if len(numbers) == 2 and None not in numbers and numbers[0] > numbers[1] and (step or "1").isdigit():
        wrapped = [*range(numbers[0], most + 1), *range(least, numbers[1] + 1)]
        return ",".join(map(str, wrapped[:: max(1, int(step or 1))]))
    return "-".join(ends) + slash + step
