"""The figures of a case as a table for a terminal."""

from tests.bench.cases import Case

HEADINGS = ("", "runs", "median s", "least … most", "peak MB", "reader MB")


def show(case: Case, found: dict) -> str:
    lines = [f"{case.title} — {found['size']:,} {case.what}"]
    rows = [HEADINGS]
    for each in found["measurements"]:
        span = f"{_seconds(each['least'])} … {_seconds(each['most'])}"
        memory = (_memory(each["memory"]), _memory(each["child_memory"]))
        rows.append((each["label"], str(each["runs"]), _seconds(each["seconds"]), span, *memory))
        rows += [(f"  {name}", "", _seconds(taken), "", "", "") for name, taken in each["parts"].items()]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for label, *figures in rows:
        cells = [
            label.ljust(widths[0]),
            *(figure.rjust(width) for figure, width in zip(figures, widths[1:], strict=True)),
        ]
        lines.append("  ".join(cells).rstrip())
    lines += [
        f"{each['label']}: {_counts(each['counts'])}" for each in found["measurements"] if each["counts"]
    ]
    return "\n".join([*lines, *_ratios(case, found)])


def _ratios(case: Case, found: dict) -> list[str]:
    seconds = {}
    for each in found["measurements"]:
        seconds[each["label"]] = each["seconds"]
        seconds |= {f"{each['label']}: {name}": taken for name, taken in each["parts"].items()}
    lines = []
    for ratio in case.ratios:
        if ratio.of in seconds and ratio.to in seconds:
            goal = f"   (goal: {ratio.goal})" if ratio.goal else ""
            lines.append(f"{ratio.of} / {ratio.to} = {seconds[ratio.of] / seconds[ratio.to]:.2f}{goal}")
    return lines


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {number:,}" for name, number in counts.items())


def _seconds(seconds: float) -> str:
    return f"{seconds:.3f}" if seconds < 10 else f"{seconds:.1f}"


def _memory(megabytes: float | None) -> str:
    return f"{megabytes:.0f}" if megabytes else ""
