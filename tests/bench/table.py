"""The rows as a table in Markdown: medians, and the ratio with its spread."""

import statistics

PEERS = ("mlgateway", "nginx", "nginx proxy_cache", "HAProxy", "Envoy", "Envoy with filters")


def short(value):
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def spread(samples):
    """`1.02 (0.98 to 1.10)`, or the number alone where there is but one."""
    if not samples:
        return ""
    middle = short(statistics.median(samples))
    return middle if len(samples) == 1 else f"{middle} ({short(min(samples))} to {short(max(samples))})"


def promise(row):
    if row.limit is None:
        return ""
    of = "ratio " if row.limit_of == "ratio" else ""
    words = f"{of}at most {row.limit:g} {row.unit if row.limit_of == 'value' else ''}".strip()
    if row.reached() is None:
        return words
    over = statistics.median(row.judged()) / row.limit - 1
    return f"{words}: " + ("reached" if row.reached() else f"missed by {over:.0%}")


def markdown(rows):
    peers = [name for name in PEERS if any(name in row.samples for row in rows)]
    lines = ["| | " + " | ".join(peers) + " | ratio | promised |", "|---" * (len(peers) + 3) + "|"]
    for row in rows:
        cells = [f"{row.name}, {row.unit}" if row.unit else row.name]
        cells += [short(statistics.median(row.samples[p])) if p in row.samples else "" for p in peers]
        ratio = f"{spread(row.ratios())} of {row.versus}" if row.ratios() else ""
        lines.append("| " + " | ".join([*cells, ratio, promise(row)]) + " |")
    return "\n".join(lines)


def notes(rows, surroundings):
    """What has to be known beside the table."""
    lines = [f"{surroundings['cpu']}, {surroundings['cores']} cores, Linux {surroundings['kernel']}; "
             f"{surroundings['placement']}.",
             ", ".join(f"{name} {surroundings[name.lower()]}" for name in ("nginx", "HAProxy", "Envoy")) + "."]
    lines += [f"{row.name[0].upper()}{row.name[1:]}: {row.note}." for row in rows if row.note]
    return "\n".join(lines)
