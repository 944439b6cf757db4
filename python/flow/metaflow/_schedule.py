"""@schedule as cron has it. Metaflow's own is that of AWS: six fields, with the days of the week from 1 for Sunday."""
import re


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
        raise ValueError(f"{text!r} names a year, which cron does not know")
    if re.search("[LW#]", " ".join(fields[2:5:2]).upper().replace("WED", "").replace("JUL", "")):
        raise ValueError(f"{text!r} uses L, W or #, which cron does not know")
    fields = ["*" if f == "?" else f for f in fields[:5]]
    fields[4] = _weekdays(fields[4])
    return " ".join(fields)


def _weekdays(field):
    """The days of the week from 0 for Sunday. A step such as */2 counts days and stays."""
    days, slash, step = field.upper().partition("/")
    return re.sub(r"[1-7]", lambda m: str(int(m.group()) - 1), days) + slash + step
