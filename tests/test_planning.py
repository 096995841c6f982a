"""How many articles a difference takes: the formula by hand and by relation, the simulation against the engine."""

import re
import sys

import numpy as np
import pytest
from conftest import ROOT

import analysis as an
from analysis.planning import _is_told, articles_by_formula, simulate_power

sys.path.insert(0, str(ROOT / "benchmarks"))
import calibration

LENGTHS = (300, 450, 600)


def test_the_formula_by_hand():
    # (1.96 + 0.8416)^2 = 7.8489; W = 500: 2 and 1 occurrences an article, two sources: 1/2 + 1/1; ln 2 = 0.6931
    assert articles_by_formula(2, 1, 2, 500, 2) == pytest.approx(7.8489 * 1.5 / 0.6931**2, rel=1e-3)
    # three times the rate, dispersion 2, four sources: 2 (1/3 + 1/3) / ln(3)^2
    assert articles_by_formula(3, 2, 2, 500, 4) == pytest.approx(7.8489 * 2 * (2 / 3) / 1.0986**2, rel=1e-3)


def test_the_formula_by_relation():
    base = articles_by_formula(2, 1, 2, 500, 3)
    assert articles_by_formula(2, 4, 2, 500, 3) == pytest.approx(4 * base)
    assert articles_by_formula(2, 1, 4, 500, 3) == pytest.approx(base / 2) == articles_by_formula(2, 1, 2, 1000, 3)
    assert articles_by_formula(3, 1, 2, 500, 3) < base < articles_by_formula(2, 1, 2, 500, 2)
    assert articles_by_formula(2, 1, 2, 500, 3, power=0.9) > base


@pytest.mark.parametrize(("sizes", "burst"), [([3, 3, 3], 600.0), ([5, 5], 2000.0)])
def test_the_simulation_tells_what_compare_terms_tells(sizes, burst):
    corpus = calibration.simulate(np.random.default_rng(5), sizes, "gamma", burst, range(0, 60, 5))
    terms = an.compare_terms(corpus, draws=0).query("source == 'source 0'").set_index("term")
    told = _is_told(corpus.counts.toarray(), np.repeat(range(len(sizes)), sizes), corpus.passages["n_words"].to_numpy())
    engine = (terms["low"] > 0).reindex(corpus.terms["term"]).fillna(False)
    assert (told == engine.to_numpy(bool)).all() and told.sum() >= 3


def test_where_nothing_differs_hardly_anything_is_told():
    for phi in (1.0, 3.0):
        hits = simulate_power(12, 1.0, phi, 3.0, LENGTHS, 3, 0)
        assert len(hits) == 20 and sum(hits) / 1000 < 0.05  # nominal 2.5 % on this side


def test_power_grows_with_articles_and_with_the_difference_and_falls_with_dispersion():
    powers = [sum(simulate_power(n, 2.0, 2.0, 2.0, LENGTHS, 3, 0)) for n in (5, 15, 45)]
    assert powers[0] < powers[1] < powers[2]
    steep, bursty = (sum(simulate_power(15, ratio, phi, 2.0, LENGTHS, 3, 0)) for ratio, phi in ((3.0, 2.0), (2.0, 5.0)))
    assert steep > powers[1] > bursty


def test_formula_and_simulation_agree_where_many_articles_are_needed(example):
    table = an.plan_articles(example, ratio=1.5, phi=[1, 2])
    assert (table["simulated"].astype(float) / table["formula"].astype(float)).between(0.85, 1.15).all()
    assert table["simulated_power"].between(0.72, 0.88).all()
    assert (table["power_low"] < table["simulated_power"]).all() and (
        table["simulated_power"] < table["power_high"]
    ).all()


def test_the_dispersion_is_read_where_it_can_be_borrowed_or_assumed(call, example):
    own = an.plan_articles(example, ratio=3)
    assert own["phi_from"].tolist() == ["example"]
    known = an.compare_terms(example, draws=0).attrs["dispersion"]["phi"]
    assert own["phi"].iloc[0] == round(known, 2)
    assumed = an.plan_articles(call, ratio=3)
    assert assumed["phi"].tolist() == [1, 2, 4] and set(assumed["phi_from"]) == {"assumed"}
    assert "no two articles here are of one source" in assumed.attrs["note"]
    borrowed = an.plan_articles(call, ratio=3, dispersion=example)
    assert borrowed["phi_from"].tolist() == ["borrowed from example"] and len(borrowed) == 1
    assert an.plan_articles(call, ratio=3, phi=2.5)["phi_from"].tolist() == ["given"]


def test_it_is_the_same_every_time_and_drawn_once(example):
    one = an.plan_articles(example, ratio=[2, 4], seed=3)
    before = simulate_power.cache_info().misses
    other = an.plan_articles(example, ratio=[2, 4], seed=3)
    assert simulate_power.cache_info().misses == before and one.equals(other)
    assert one["simulated"].tolist() == sorted(one["simulated"], reverse=True)


def test_beyond_two_thousand_articles_no_number_is_given(example):
    table = an.plan_articles(example, ratio=1.05, phi=40, per_1000=0.3, groups=2, power=0.99)
    assert table[["formula", "simulated"]].isna().all(axis=None)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"ratio": 1}, r"ratio=\[1.0\]"), ({"ratio": [2, float("nan")]}, "ratio="), ({"ratio": []}, "ratio="),
        ({"phi": 0.5}, r"phi=\[0.5\]; words vary at least"), ({"power": 1}, "power=1; give a share"),
        ({"groups": 1}, "groups=1; a comparison needs two"), ({"groups": 2.5}, "groups=2.5"), ({"phi": []}, "phi="), ({"per_1000": 0}, "per_1000=0"),
        ({"per_1000": 200, "ratio": 3}, "no term is more than 500 of 1,000 words"), ({"by": "voice"}, "no column of articles"),
    ],
)  # fmt: skip
def test_what_cannot_be_planned_is_refused(example, options, reason):
    with pytest.raises(ValueError, match=reason):
        an.plan_articles(example, **options)


def test_a_selection_without_words_is_refused(call):
    with pytest.raises(ValueError, match="plan_articles"):
        an.plan_articles(call.select(article_id="sputnik-1207", voice="reported", section="subhead"))


def test_the_page_on_methods_states_what_is_simulated(call):
    table = an.plan_articles(call.select(role="core"), ratio=2).set_index("phi")
    stated = re.findall(r"(\d+) articles of each .*?\n?.*?(\d+) at twice and (\d+) at four times",
                        (ROOT / "docs" / "methods.md").read_text(encoding="utf-8"))  # fmt: skip
    assert stated == [tuple(str(table.loc[phi, "simulated"]) for phi in (1, 2, 4))]
