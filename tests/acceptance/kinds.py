"""Tables of many kinds, each with what a person would expect of it."""

import datetime as dt
import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

WORDS = ("late", "parcel", "broken", "box", "kind", "staff", "slow", "refund", "never", "again", "happy", "quick")


@dataclass(frozen=True)
class Kind:
    """A table on disk, its target, and what `new` has to find."""

    file: str
    write: Callable[[Path], None]
    target: str
    task: str
    metric: str
    split: str
    roles: dict[str, str] = field(default_factory=dict)


def rows(count: int, seed: int = 0) -> tuple[random.Random, list[float], list[float]]:
    """Return a generator and two columns of noise."""
    rng = random.Random(seed)
    return rng, [rng.gauss(0, 1) for _ in range(count)], [rng.gauss(0, 1) for _ in range(count)]


def csv(columns: dict[str, list], path: Path, **dialect: str | bool) -> None:
    """Write columns as text."""
    pl.DataFrame(columns, strict=False).write_csv(path, **dialect)  # ty: ignore[invalid-argument-type]


def bundled(name: str) -> pl.DataFrame:
    """Return one of scikit-learn's own tables, the target last."""
    from sklearn import datasets

    found = getattr(datasets, f"load_{name}")()
    frame = pl.DataFrame(found.data, schema=[str(column) for column in found.feature_names])
    return frame.with_columns(pl.Series("target", found.target))


def diabetes(path: Path) -> None:
    frame = bundled("diabetes").select(pl.all().round(6))
    frame.write_csv(path, separator=";", decimal_comma=True)


def wine(path: Path) -> None:
    names = pl.Series(["barolo", "grignolino", "barbera"])
    frame = bundled("wine")
    frame.with_columns(names.gather(frame["target"]).alias("cultivar")).drop("target").write_parquet(path)


def rare(path: Path) -> None:
    rng, a, b = rows(6000)
    risk = [-5.5 + 1.8 * x + y for x, y in zip(a, b, strict=True)]
    fraud = ["yes" if rng.random() < 1 / (1 + 2.718**-r) else "no" for r in risk]
    csv({"amount": a, "age of account": b, "shop": rng.choices("ABCDE", k=6000), "fraud": fraud}, path)


def dates(path: Path) -> None:
    rng, a, b = rows(1500)
    day = [dt.date(2021, 1, 1) + dt.timedelta(days=i // 2) for i in range(1500)]
    sold = [20 + 5 * x + 8 * (d.weekday() > 4) + rng.gauss(0, 2) for d, x in zip(day, a, strict=True)]
    csv({"datum": [d.strftime("%d.%m.%Y") for d in day], "price": a, "wind": b, "sold": sold}, path)


def prose(path: Path) -> None:
    rng, a, _ = rows(900)
    angry = [rng.random() < 0.4 for _ in range(900)]
    said = [" ".join(rng.choices(WORDS, k=rng.randrange(4, 9) + 12 * bad)) for bad in angry]
    frame = pl.DataFrame({"said": said, "stars": a, "complaint": angry})
    path.write_text("".join(f"{line}\n" for line in frame.write_ndjson().splitlines()))


def strings(path: Path) -> None:
    rng = random.Random(0)
    soil, light = rng.choices(["clay", "sand", "loam"], k=800), rng.choices(["sun", "shade"], k=800)
    best = {("clay", "shade"): "fern", ("sand", "sun"): "palm", ("clay", "sun"): "fern"}
    plant = [best.get(place, "rose") for place in zip(soil, light, strict=True)]
    plant = [rng.choice(["fern", "palm", "rose"]) if rng.random() < 0.15 else name for name in plant]
    seller = rng.choices([f"garden {letter}" for letter in "abcdefghijklmnop"], k=800)
    month = rng.choices(["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul"], k=800)
    columns = {"soil": soil, "light": light, "pot": rng.choices("SML", k=800), "seller": seller, "month": month}
    csv({**columns, "plant": plant}, path, separator="\t")


def gaps(path: Path) -> None:
    frame = bundled("breast_cancer")
    rng = random.Random(0)
    known = pl.Series([rng.random() > 0.05 for _ in range(frame.height)])
    frame.with_columns(pl.when(known).then("target").alias("target")).write_csv(path, null_value="NA")


def wide(path: Path) -> None:
    rng = random.Random(0)
    frame = {f"gene {i}": [rng.gauss(0, 1) for _ in range(240)] for i in range(299)}
    y = [3 * a + 2 * b + rng.gauss(0, 0.5) for a, b in zip(frame["gene 0"], frame["gene 7"], strict=True)]
    pl.DataFrame({**frame, "dose": y}).write_parquet(path)


def tiny(path: Path) -> None:
    frame = bundled("iris")
    names = pl.Series(["setosa", "versicolor", "virginica"])
    frame.with_columns(names.gather(frame["target"]).alias("species")).drop("target")[::2][:60].write_csv(path)


def panel(path: Path) -> None:
    rng = random.Random(0)
    firms = [(f"firm-{i}", rng.gauss(0, 1)) for i in range(80)]
    found = [(name, 2000 + year, ability, rng.gauss(0, 1)) for name, ability in firms for year in range(8)]
    y = [2 * x + a + rng.gauss(0, 0.5) for _, _, a, x in found]
    columns = {"company": [f[0] for f in found], "year": [f[1] for f in found], "capital": [f[3] for f in found]}
    csv({**columns, "profit": y}, path)


def many_classes(path: Path) -> None:
    rng = random.Random(0)
    kind = [i % 32 for i in range(2400)]
    x, y = [k % 6 + rng.gauss(0, 0.2) for k in kind], [k // 6 + rng.gauss(0, 0.2) for k in kind]
    names = [f"art {k:02d}" for k in kind]
    names[7] = "only once"
    pl.DataFrame({"x": x, "y": y, "art": names}).write_ipc(path)


def odd_names(path: Path) -> None:
    rng, a, b = rows(700)
    odd = {"": a, "*": b, "class": rng.choices("ab", k=700), 'say "hi", ^x$': a[::-1], "Größe €": b[::-1]}
    y = [x + rng.gauss(0, 0.5) > 0 for x in a]
    csv({**odd, "年収 > 1": y}, path, include_bom=True)


def messy(path: Path) -> None:
    rng, a, b = rows(1200)
    noisy = ["n/a" if i % 150 == 3 else f"{x:.3f}" for i, x in enumerate(a)]
    code = [rng.choice([1, 2, 9]) if rng.random() < 0.2 else (1 if x < -0.5 else 2 if x < 0.6 else 9) for x in a]
    columns = {
        "reading": ["broken" if i % 200 == 5 else text for i, text in enumerate(noisy)],
        "other": b,
        "constant": ["k"] * 1200,
        "nothing": [None] * 1200,
        "token": [f"t{rng.getrandbits(60):x}" for _ in a],
        "open": [rng.random() < 0.5 for _ in a],
        "level": code,
    }
    frame = pl.DataFrame(columns, strict=False)
    pl.concat([frame, frame.head(60)]).write_csv(path)


def parts_of_the_target(path: Path) -> None:
    rng, warm, wind = rows(900)
    member = [max(0, int(90 + 20 * w + rng.gauss(0, 25))) for w in warm]
    guest = [max(0, int(20 + 9 * w - 3 * v + rng.gauss(0, 4))) for w, v in zip(warm, wind, strict=True)]
    rides = [m + g for m, g in zip(member, guest, strict=True)]
    csv({"warm": warm, "wind": wind, "casual": guest, "registered": member, "rides": rides}, path)


def logarithm_of_the_target(path: Path) -> None:
    rng, size, far = rows(160)
    price = [round(2.718 ** (11 + 0.4 * a - 0.2 * b + rng.gauss(0, 0.2))) for a, b in zip(size, far, strict=True)]
    csv({"size": size, "far": far, "lprice": [round(math.log(p), 6) for p in price], "price": price}, path)


def numbered_before_it_was_filtered(path: Path) -> None:
    rng, a, _ = rows(400)
    kept = sorted(rng.sample(range(1, 600), 400))
    income = [186.63400000000001 if i == 7 else 90 + 20 * x for i, x in enumerate(a)]  # as a double prints it
    csv({"": kept, "income": income, "left": [x + rng.gauss(0, 1.3) > 0 for x in a]}, path)


def yearly(path: Path) -> None:
    rng, a, _ = rows(60)
    csv({"year": list(range(1950, 2010)), "rain": a, "harvest": [3 * x + rng.gauss(0, 2) for x in a]}, path)


KINDS = {
    "regression, decimal comma": Kind("t.csv", diabetes, "target", "regression", "rmse", "hash"),
    "multiclass": Kind("t.parquet", wine, "cultivar", "multiclass", "log_loss", "hash"),
    "rare positive": Kind("t.csv", rare, "fraud", "binary", "average_precision", "hash"),
    "dates": Kind("t.csv", dates, "sold", "regression", "rmse", "time", {"datum": "time"}),
    "free text": Kind("t.jsonl", prose, "complaint", "binary", "roc_auc", "hash", {"said": "feature"}),
    "only strings": Kind("t.tsv", strings, "plant", "multiclass", "log_loss", "hash"),
    "target missing in 5 %": Kind("t.csv", gaps, "target", "binary", "roc_auc", "hash"),
    "wide": Kind("t.parquet", wide, "dose", "regression", "rmse", "hash"),
    "tiny": Kind("t.csv", tiny, "species", "multiclass", "log_loss", "hash"),
    "panel": Kind("t.csv", panel, "profit", "regression", "rmse", "group", {"company": "group"}),
    "many classes, one of a single row": Kind("t.arrow", many_classes, "art", "multiclass", "macro_f1", "hash"),
    "odd names": Kind("t ü.csv", odd_names, "年収 > 1", "binary", "roc_auc", "hash"),
    "messy": Kind(
        "t.csv", messy, "level", "multiclass", "log_loss", "hash",
        {"reading": "feature", "constant": "ignored", "nothing": "ignored", "token": "ignored"},
    ),
    "parts of the target": Kind(
        "t.csv", parts_of_the_target, "rides", "regression", "rmse", "hash",
        {"casual": "ignored", "registered": "ignored", "warm": "feature"},
    ),
    "logarithm of the target": Kind(
        "t.csv", logarithm_of_the_target, "price", "regression", "rmse", "hash",
        {"lprice": "ignored", "size": "feature"},
    ),
    "numbered before it was filtered": Kind(
        "t.csv", numbered_before_it_was_filtered, "left", "binary", "roc_auc", "hash", {"": "ignored"},
    ),
    "yearly": Kind("t.csv", yearly, "harvest", "regression", "rmse", "hash", {"year": "feature"}),
}  # fmt: skip
