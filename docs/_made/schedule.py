"""Says a cron line of a workflow in words."""

_DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def words(cron: str) -> str:
    """Say when a cron line fires; a line of another shape is quoted as it is."""
    minute, hour, day, month, weekday = cron.split()
    if not minute.isdigit() or month != "*":
        return f"schedule {cron}"
    every = _every(day, weekday)
    if hour.startswith("*/") and every == "every day":
        return f"every {hour[2:]} hours, at :{int(minute):02d}"
    if hour == "*":
        return f"{every or 'every day'}, each hour at :{int(minute):02d}"
    if not hour.isdigit() or every is None:
        return f"schedule {cron}"
    return f"{every}, {int(hour):02d}:{int(minute):02d} UTC"


def _every(day: str, weekday: str) -> str | None:
    if day == "*" and weekday == "*":
        return "every day"
    if day == "*" and weekday.isdigit():
        return f"every {_DAYS[int(weekday)]}"
    if day == "*" and weekday == "1-5":
        return "every working day"
    if day.isdigit() and weekday == "*":
        return f"day {day} of every month"
    return None
