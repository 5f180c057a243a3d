"""Simulate the gate: is a model worse by the margin kept out, and does an equal one pass as often as stated?

Per size, metric and kind of dependence, trials draw a champion and a candidate on fresh rows and put them
through the rule that `modelyard run` uses. Run `python benchmarks/gate.py [--trials N]`; it prints one table.
"""

import argparse
import os
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context

import numpy as np
from scipy.special import ndtr, ndtri

from modelyard.config.model import ChampionRule, Data, Gate, ProjectConfig
from modelyard.config.model import Evaluation as EvaluationConfig
from modelyard.evaluation.compare import compare
from modelyard.evaluation.metrics import METRICS
from modelyard.evaluation.references import HALF_A_POINT, compared, margin
from modelyard.evaluation.results import Comparison, Estimate, Evaluation, HeldOut, Latency, Parity
from modelyard.evaluation.scored import Scored, scored
from modelyard.evaluation.units import Plan, units

SIZES = {500: 25, 2000: 40, 10_000: 100}  # rows -> blocks, where rows depend on each other
PILOT = 100
RESAMPLES = 300  # of a trial; a run of modelyard takes 1,000
DISAGREE = 0.2  # share of rows on which the two models decide differently
BLOCK_SHIFT = 0.05  # how far a block moves the difference in accuracy (standard deviation)
BLOCK_SKILL = 0.35  # how far a block moves each model's skill, in standard deviations of its score
BASE = 0.2  # share of positives

Pair = tuple[Scored, Scored]


@dataclass(frozen=True)
class Case:
    """One line of the table."""

    metric: str
    rows: int
    blocks: int | None  # None: every row is a block

    @property
    def unit(self) -> str:
        return "row" if self.blocks is None else "block"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--trials", type=int, default=1000, help="for each figure")
    trials = arguments.parse_args().trials
    print(f"{trials} trials per figure; one-sided 97.5 %; `auto`: what the rows resolve with 80 % power")
    print(HEADER)
    began = time.perf_counter()
    cases = [Case(metric, rows, blocks) for metric in DRAW for rows, size in SIZES.items() for blocks in (None, size)]
    kept = True
    # One process per core, each with one thread: threads that wait for each other would only burn time.
    os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        for text, holds in pool.map(line, cases, [trials] * len(cases)):
            print(text, flush=True)
            kept = kept and holds
    answer = "yes" if kept else "NO"
    print(f"{time.perf_counter() - began:.0f} s. Every line within two Monte-Carlo standard errors: {answer}")
    raise SystemExit(0 if kept else 1)


HEADER = """\
                                       | worse by margin: out      | equal: passes (stated)        | .5 worse
metric    unit     rows blocks  margin |  auto  fixed  rows alone  |  auto           fixed         | naive in
"""


def line(case: Case, trials: int) -> tuple[str, bool]:
    """Simulate one case; return its line and whether it holds what the gate promises."""
    of = EVALUATIONS[case.metric]
    tolerated = float(np.mean([margin(trial(case, 0.0, k)[0], of, AUTO) for k in range(PILOT)]))
    fixed = configured(tolerated)
    worse = [verdicts(case, tolerated, PILOT + k, fixed) for k in range(trials)]
    equal = [verdicts(case, 0.0, PILOT + trials + k, fixed) for k in range(trials)]
    naive = np.mean([naively(case, HALF_A_POINT, PILOT + k) for k in range(trials)])
    out = 1.0 - np.array([w.passed for w in worse], dtype=float).mean(axis=0)
    passes = np.array([e.passed for e in equal], dtype=float).mean(axis=0)
    stated = np.array([e.stated for e in equal]).mean(axis=0)
    noise = 2.0 * np.sqrt(0.975 * 0.025 / trials)
    slack = 2.0 * np.sqrt(stated * (1.0 - stated) / trials)
    holds = bool((out[:2] >= 0.975 - noise).all() and (np.abs(passes[:2] - stated) <= slack).all())
    text = (
        f"{case.metric:9} {case.unit:5} {case.rows:7,} {case.blocks or case.rows:6,} {tolerated:7.4f} |"
        f" {out[0]:6.1%} {out[1]:6.1%} {out[2]:10.1%}   |"
        f" {passes[0]:6.1%} ({stated[0]:.1%}) {passes[1]:6.1%} ({stated[1]:.1%}) | {naive:6.1%}"
    )
    return text + ("" if holds else "  <-- not within two"), holds


def naively(case: Case, loss: float, seed: int) -> bool:
    """Say whether "candidate > champion" lets a worse model pass."""
    random = np.random.default_rng([seed, case.rows, case.blocks or 0])
    codes = np.arange(case.rows) if case.blocks is None else unequal_blocks(case.rows, case.blocks, random)
    pair = DRAW[case.metric](codes, loss, random, blocked=case.blocks is not None)
    return METRICS[case.metric].function(pair[0]) > METRICS[case.metric].function(pair[1])


@dataclass(frozen=True)
class Verdicts:
    """Whether the candidate passed (margin auto, fixed, rows as if alone), and the power that was stated."""

    passed: tuple[bool, bool, bool]
    stated: tuple[float, float]


def verdicts(case: Case, loss: float, seed: int, fixed: ProjectConfig) -> Verdicts:
    """Put one simulated candidate through the gate's rule, and through one that takes rows as independent."""
    found, by_rows = trial(case, loss, seed)
    rules = [compared("champion", found, EVALUATIONS[case.metric], config)[0] for config in (AUTO, fixed)]
    alone = compared("champion", by_rows, EVALUATIONS[case.metric], fixed)[0]
    return Verdicts(
        passed=(rules[0].verdict == "pass", rules[1].verdict == "pass", alone.verdict == "pass"),
        stated=(rules[0].power or 0.0, rules[1].power or 0.0),
    )


def trial(case: Case, loss: float, seed: int) -> tuple[Comparison, Comparison]:
    """Return the comparison by the right blocks, and (of a worse candidate) as if each row stood alone."""
    random = np.random.default_rng([seed, case.rows, case.blocks or 0])
    codes = np.arange(case.rows) if case.blocks is None else unequal_blocks(case.rows, case.blocks, random)
    candidate, champion = DRAW[case.metric](codes, loss, random, blocked=case.blocks is not None)
    by = partial(compare, METRICS[case.metric], candidate, champion)
    right = by(units(codes, Plan(RESAMPLES, seed, unit=case.unit)), "champion")
    if case.blocks is None or loss == 0.0:
        return right, right
    return right, by(units(np.arange(case.rows), Plan(200, seed, most=100)), "champion")


def unequal_blocks(rows: int, blocks: int, random: np.random.Generator) -> np.ndarray:
    """Return block codes; the largest block has several times the rows of the smallest."""
    shares = random.lognormal(0.0, 0.4, blocks)
    return random.choice(blocks, size=rows, p=shares / shares.sum())


def labels(codes: np.ndarray, loss: float, random: np.random.Generator, *, blocked: bool) -> Pair:
    """Draw decisions: on a fifth of the rows only one model is right; in a block, the same one more often."""
    shift = BLOCK_SHIFT * np.sqrt(3.0) * random.uniform(-1, 1, codes.max() + 1)[codes] if blocked else 0.0
    only_candidate = (DISAGREE - loss + shift) / 2.0
    place = random.random(len(codes))
    right = place < only_candidate
    other = (place >= only_candidate) & (place < DISAGREE)
    both = (place >= DISAGREE) & (place < 0.85)
    truth = np.ones(len(codes), dtype=np.int64)
    return _decided(truth, right | both), _decided(truth, other | both)


def _decided(truth: np.ndarray, right: np.ndarray) -> Scored:
    return Scored("binary", truth, np.full((len(truth), 2), 0.5), right.astype(np.int64), 1)


def ranks(codes: np.ndarray, loss: float, random: np.random.Generator, *, blocked: bool) -> Pair:
    """Draw correlated scores with AUC 0.8 and 0.8 - loss; in a block, each model's skill moves on its own."""
    truth = (random.random(len(codes)) < BASE).astype(np.int64)
    shared = random.normal(size=len(codes))
    spread = 2.0 + (BLOCK_SKILL**2 if blocked else 0.0)
    pair = []
    for wanted in (0.8 - loss, 0.8):
        skill = float(ndtri(wanted)) * np.sqrt(spread)
        moved = BLOCK_SKILL * random.normal(size=codes.max() + 1)[codes] if blocked else 0.0
        noise = np.sqrt(0.8) * shared + np.sqrt(0.2) * random.normal(size=len(codes))
        pair.append(scored("binary", truth, ndtr((skill + moved) * truth + noise)))
    return pair[0], pair[1]


def configured(allowed: float | str) -> ProjectConfig:
    """Return a configuration with this margin."""
    return ProjectConfig(
        name="simulated",
        task="binary",
        data=Data(source="none", target="y"),
        evaluation=EvaluationConfig(metric="roc_auc"),
        gate=Gate(champion=ChampionRule(margin=allowed)),
    )


def evaluation(metric: str) -> Evaluation:
    """Return the least evaluation that the rule reads."""
    nothing = Estimate(value=0.0)
    return Evaluation(
        task="binary",
        metric=metric,
        greater_is_better=True,
        held_out=HeldOut(rows=0, unit="row", blocks=0, sha256=""),
        metrics={},
        dummy={metric: 0.5},
        versus_dummy=Comparison(
            reference="dummy",
            metric=metric,
            candidate=0,
            other=0,
            difference=nothing,
            rows=0,
            unit="row",
            blocks=0,
            resolvable=0,
        ),
        latency=Latency(p50_ms=0, p99_ms=0, calls=0),
        size_bytes=0,
        parity=Parity(rows=0, differing=0, largest=0, flips=0, passed=True, served="onnx"),
    )


DRAW: dict[str, Callable[..., Pair]] = {"accuracy": labels, "roc_auc": ranks}
EVALUATIONS = {metric: evaluation(metric) for metric in DRAW}
AUTO = configured("auto")

if __name__ == "__main__":
    main()
