"""Pictures of a satisfaction survey: provinces with intervals and rank intervals, answers as diverging bars, the index tree.

    python bindings/python/examples/pictures.py [FOLDER]

writes provinces, answers and tree, each as SVG and PNG. Units and populations are real, those of Viet Nam since July 2025
(examples/data); all answers are simulated, and every picture says so. Colours are of Okabe and Ito and of ColorBrewer's
PuOr, which colour-blind readers can tell apart.

SPDX-License-Identifier: GPL-3.0-or-later
"""

import csv
import sys
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import sipas
from matplotlib.ticker import MultipleLocator
from matplotlib.transforms import blended_transform_factory

UNITS = Path(__file__).resolve().parents[3] / "examples/data/vietnam2025_units.csv"
SEED, COMMUNES, FORMS = 20251231, 20, 10  # 20 communes in each province, 10 forms in each commune
FORM = sipas.Instrument.builtin("1001/2023")
INK, SOFT, LINE, BLUE = "#222222", "#666666", "#d0d0d0", "#0072B2"
ANSWERS = {1: "#b35806", 2: "#f1a340", 3: "#d8d8d8", 4: "#998ec3", 5: "#542788"}
WORDS = {1: "rất không hài lòng", 2: "không hài lòng", 3: "bình thường", 4: "hài lòng", 5: "rất hài lòng"}
SIMULATED = (
    "Đơn vị hành chính và dân số là số thật (2025, dân số 2019); câu trả lời là số MÔ PHỎNG, không phải kết quả điều tra.\n"
    f"Mẫu: mọi tỉnh, thành phố; {COMMUNES} xã, phường mỗi tỉnh (ngẫu nhiên đơn giản); {FORMS} phiếu mỗi xã, phường."
)
STYLE = {
    "font.family": "DejaVu Sans", "font.size": 9, "svg.fonttype": "none", "svg.hashsalt": "sipas", "text.color": INK,
    "axes.edgecolor": LINE, "axes.labelcolor": INK, "xtick.color": SOFT, "ytick.color": INK, "axes.spines.top": False,
    "axes.spines.right": False, "axes.spines.left": False, "figure.dpi": 100, "savefig.dpi": 150,
}  # fmt: skip


# ---- the survey ----


class Survey:
    """Frame, draw, simulated answers, design: what a national round has."""

    def __init__(self):
        with open(UNITS, encoding="utf-8") as file:
            units = list(csv.DictReader(file))
        self.tree = sipas.UnitTree(
            [unit["code"] for unit in units],
            parent=[unit["parent"] or None for unit in units],
            level=[unit["level"] for unit in units],
            name=[unit["name"] for unit in units],
            measures={"population": [float(unit["population"]) if unit["population"] else None for unit in units]},
        )
        self.names = dict(zip(self.tree.codes, self.tree.names, strict=True))
        stages = [sipas.DrawStage(level="province", method="all"), sipas.DrawStage(level="commune", n=COMMUNES)]
        drawn = [row for row in sipas.draw_plan(self.tree, stages, seed=SEED).rows() if row["level"] == "commune"]
        self.province = np.repeat([self.tree.codes[row["parent"]] for row in drawn], FORMS).tolist()
        commune = np.repeat([row["row"] for row in drawn], FORMS)
        people = self.tree.measure("population")
        # The file has no population of communes: equal parts of the province's are assumed.
        weight = np.repeat([people[row["parent"]] / row["n"] / FORMS for row in drawn], FORMS)
        self.answers = self._simulate([row["parent"] for row in drawn])
        self.design = sipas.Design(
            weight, strata=self.province, clusters=commune, fpc=np.repeat([float(row["population"]) for row in drawn], FORMS)
        )
        by = [{"province": self.province}, {}]
        self.index = self.design.index(self.answers, FORM, scoring="mean_over_max", by=by, cov=True)
        self.league = sipas.league(self.index, domain_level="province")

    def _simulate(self, parents):
        """answer = 1 + Binomial(4, p), p = item + province + commune + person; one in fifty is missing."""
        rng = np.random.default_rng(SEED)
        effect = dict(zip(sorted(set(parents)), rng.normal(0, 0.035, len(set(parents))), strict=True))
        unit = np.repeat([effect[p] + rng.normal(0, 0.03) for p in parents], FORMS)
        p = 0.79 + rng.normal(0, 0.035, len(FORM.items)) + (unit + rng.normal(0, 0.06, len(unit)))[:, None]
        answers = 1 + rng.binomial(4, np.clip(p, 0.02, 0.98))
        return np.ma.masked_array(answers.astype(np.int8), rng.random(p.shape) < 0.02)

    def whole(self):
        """Estimate and interval of every node for the country: {code: (estimate, lower, upper)}."""
        rows = (row for row in self.index.rows() if row["level"] == "all")
        return {row["node"]: (row["estimate"], row["lower"], row["upper"]) for row in rows}

    def shares(self, item):
        """Share of each answer to an item, in per cent."""
        column = self.answers[:, [node.code for node in FORM.items].index(item)]
        table = self.design.distribution({item: column}, method="wald")
        found = {int(row["category"]): 100 * row["estimate"] for row in table.rows()}
        return [found.get(answer, 0.0) for answer in ANSWERS]


# ---- drawing ----


def number(value, digits=1):
    return f"{value:.{digits}f}".replace(".", ",")


def titles(figure, title, subtitle, note, height, left=0.02):
    """Title and subtitle above, notes below: distances from the edges in inches."""
    figure.text(left, 1 - 0.32 / height, title, fontsize=14, fontweight="bold", va="center")
    figure.text(left, 1 - 0.66 / height, subtitle, fontsize=9.5, color=SOFT, va="center")
    figure.text(left, 0.16 / height, note + "\n" + SIMULATED, fontsize=7.5, color=SOFT, va="bottom", linespacing=1.45)


def provinces(survey):
    """Caterpillar plot: the index of every province with its interval, and beside it the interval of its rank."""
    rows = list(survey.league.rows())
    n, height = len(rows), 10.4
    figure, (left, right) = plt.subplots(
        1, 2, sharey=True, figsize=(9.5, height), gridspec_kw={"width_ratios": [3, 2], "wspace": 0.06}
    )
    figure.subplots_adjust(left=0.155, right=0.975, top=1 - 1.35 / height, bottom=1.5 / height)
    y = np.arange(n)
    country = survey.whole()["SIPAS"]
    left.axvspan(country[1], country[2], color=BLUE, alpha=0.14, linewidth=0)
    left.axvline(country[0], color=BLUE, linewidth=1)
    left.annotate(
        f"cả nước {number(country[0])}", (country[0], -0.9), ha="center", va="bottom", color=BLUE, fontsize=8.5,
        annotation_clip=False,
    )
    left.hlines(y, [r["lower"] for r in rows], [r["upper"] for r in rows], color=INK, linewidth=1.4)
    left.plot([r["estimate"] for r in rows], y, "o", color=INK, markersize=5, markeredgecolor="white", markeredgewidth=0.8)
    right.hlines(y, [r["rank_lower"] for r in rows], [r["rank_upper"] for r in rows], color="#E69F00", linewidth=4.5)
    right.plot([r["rank"] for r in rows], y, "o", color=INK, markersize=5, markeredgecolor="white", markeredgewidth=0.8)
    left.set(yticks=y, ylim=(n - 0.4, -0.7))
    left.set_yticklabels([survey.names[r["unit"]] for r in rows])
    left.set_xlabel("Chỉ số hài lòng, thang điểm 0–100 (trục không bắt đầu từ 0)")
    right.set(xlim=(0, n + 1), xticks=[1, 5, 10, 15, 20, 25, 30, n])
    right.set_xlabel("Thứ hạng")
    left.set_title("Chỉ số và khoảng tin cậy 95 %", fontsize=9.5, loc="left", pad=24, color=INK)
    right.set_title("Thứ hạng và khoảng thứ hạng 95 %", fontsize=9.5, loc="left", pad=24, color=INK)
    left.xaxis.set_major_locator(MultipleLocator(2))
    left.xaxis.set_major_formatter(lambda value, _: number(value, 0))
    for axes in (left, right):
        axes.grid(axis="x", color=LINE, linewidth=0.6)
        axes.set_axisbelow(True)
        axes.tick_params(length=0)
        axes.hlines(y, *axes.get_xlim(), color="#f1f1f1", linewidth=0.6, zorder=0)
    wide = int(np.median([r["rank_upper"] - r["rank_lower"] + 1 for r in rows]))
    titles(
        figure, "Hạng của một tỉnh chỉ chắc đến mức khoảng của nó",
        f"Chỉ số hài lòng của {n} tỉnh, thành phố; khoảng thứ hạng ở giữa rộng {wide} bậc",
        "Đoạn đen: khoảng tin cậy 95 % của từng tỉnh; dải xanh: của cả nước. Đoạn cam: khoảng chứa thứ hạng thật của từng tỉnh với độ tin cậy\n"
        "95 % (so sánh từng đôi, hiệu chỉnh Holm). Khoảng càng rộng, số liệu càng ít nói được tỉnh đứng ở hạng nào.",
        height,
    )  # fmt: skip
    return figure


def answers(survey):
    """Diverging bars: shares of the five answers, the neutral one astride zero, items under their factors."""
    block = [node for node in FORM.items if node.parent.startswith("II.")]
    lines, y = [], 0.0
    for index, node in enumerate(block):
        if index == 0 or node.parent != block[index - 1].parent:
            y += 0.45 if index else 0.0
            lines.append((y, None, next(one for one in FORM.nodes if one.code == node.parent)))
            y += 1
        lines.append((y, survey.shares(node.code), node))
        y += 1
    height = 9.2
    figure, axes = plt.subplots(figsize=(10.2, height))
    figure.subplots_adjust(left=0.335, right=0.965, top=1 - 1.3 / height, bottom=1.25 / height)
    for at, shares, node in lines:
        if shares is None:
            across = blended_transform_factory(figure.transFigure, axes.transData)
            axes.text(0.02, at + 0.1, node.name_vi, transform=across, fontweight="bold", fontsize=9, va="center")
            continue
        start = -shares[0] - shares[1] - shares[2] / 2
        for answer, share in zip(ANSWERS, shares, strict=True):
            axes.barh(at, share, left=start, height=0.74, color=ANSWERS[answer], edgecolor="white", linewidth=0.6, zorder=2)
            if share >= 4:
                dark = answer in (1, 5)
                axes.text(
                    start + share / 2, at, number(share, 0), ha="center", va="center", fontsize=8, color="white" if dark else INK
                )
            start += share
    axes.axvline(0, color=INK, linewidth=0.8, zorder=1)
    axes.set_yticks([at for at, shares, _ in lines if shares])
    axes.set_yticklabels([node.name_vi.partition(": ")[2] for _, shares, node in lines if shares], fontsize=8.5)
    axes.set(ylim=(y - 0.4, -0.5), xlim=(-40, 100), xticks=range(-40, 101, 20))
    axes.xaxis.set_major_formatter(lambda value, _: f"{abs(value):.0f} %")
    axes.grid(axis="x", color=LINE, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(length=0)
    handles = [plt.Rectangle((0, 0), 1, 1, color=colour) for colour in ANSWERS.values()]
    figure.legend(
        handles, [f"{answer} {WORDS[answer]}" for answer in ANSWERS], ncol=5, loc="upper left", frameon=False, fontsize=8.5,
        bbox_to_anchor=(0.014, 1 - 0.84 / height), handlelength=1.1, columnspacing=1.6, handletextpad=0.5,
    )  # fmt: skip
    titles(
        figure, "Người dân trả lời thế nào về cung ứng dịch vụ hành chính",
        "Tỷ lệ từng mức trả lời, có trọng số; mức “bình thường” đặt giữa vạch 0",
        f"Sai số mẫu: khoảng tin cậy 95 % của một tỷ lệ rộng nhất ± {number(widest(survey, block))} điểm phần trăm. Tỷ lệ dưới 4 % không ghi số.",
        height,
    )  # fmt: skip
    return figure


def widest(survey, nodes):
    """Largest half-width of an interval of the shares shown, in points of a hundred."""
    codes = [node.code for node in FORM.items]
    halves = []
    for node in nodes:
        table = survey.design.distribution({node.code: survey.answers[:, codes.index(node.code)]}, method="wald")
        halves += [100 * (row["upper"] - row["lower"]) / 2 for row in table.rows()]
    return max(halves)


def tree(survey):
    """The index tree from its root to the items, every node with its estimate and interval."""
    whole, height = survey.whole(), 11.6
    place, y = {}, 0.0
    for index, item in enumerate(FORM.items):
        if index and item.parent != FORM.items[index - 1].parent:
            y += 0.55
        place[item.code] = y
        y += 1
    for node in FORM.nodes[len(FORM.items) :]:
        place[node.code] = float(np.mean([place[one.code] for one in FORM.nodes if one.parent == node.code]))
    figure = plt.figure(figsize=(12, height))
    low, high = 1.5 / height, 1 - 1.2 / height
    axes = figure.add_axes((0.015, low, 0.665, high - low), xlim=(0, 1), ylim=(y - 0.3, -0.7))
    axes.axis("off")
    dots = figure.add_axes((0.7, low, 0.285, high - low), sharey=axes)
    start = {"index": 0.0, "block": 0.165, "factor": 0.355}
    width = {"index": 0.135, "block": 0.15, "factor": 0.235}
    for node in FORM.nodes:
        if node.parent is not None:
            link(axes, node, place, start, width)
    for node in FORM.nodes:
        if node.kind != "item":
            box(axes, node, place[node.code], start[node.kind], width[node.kind], whole[node.code])
        else:
            axes.text(0.63, place[node.code], node.name_vi, fontsize=8, va="center")
    items_axes(dots, place, whole)
    titles(
        figure, f"Chỉ số hài lòng cả nước: {number(whole['SIPAS'][0])} trên 100, và từ đâu mà có",
        "Từ 39 tiêu chí (phải) lên 9 yếu tố, 2 nội dung và chỉ số chung (trái); mỗi tiêu chí có trọng số như nhau",
        "Số sau dấu ±: nửa khoảng tin cậy 95 %, có tính thiết kế mẫu. Đoạn ngang: khoảng tin cậy 95 % của từng tiêu chí. Điểm của một câu\n"
        "trả lời: mức chọn chia cho mức cao nhất, nhân 100; trục bên phải không bắt đầu từ 0.",
        height, left=0.015,
    )  # fmt: skip
    return figure


def link(axes, node, place, start, width):
    parent = next(one for one in FORM.nodes if one.code == node.parent)
    a = start[parent.kind] + width[parent.kind]
    b = start.get(node.kind, 0.62)
    middle = a + 0.012
    axes.plot([a, middle, middle, b], [place[parent.code]] * 2 + [place[node.code]] * 2, color="#b5b5b5", linewidth=0.9, zorder=0)


def box(axes, node, y, x, width, figures):
    estimate, lower, upper = figures
    shade = {"index": BLUE, "block": "#cfe3f1", "factor": "#eef4f9"}[node.kind]
    ink = "white" if node.kind == "index" else INK
    lines = wrapped(node.name_vi, {"index": 16, "block": 17, "factor": 30}[node.kind])
    tall = 1.15 + 0.72 * len(lines)
    axes.add_patch(plt.Rectangle((x, y - tall / 2), width, tall, facecolor=shade, edgecolor="none"))
    axes.text(x + 0.008, y - tall / 2 + 0.25, "\n".join(lines), fontsize=8, va="top", color=ink, linespacing=1.15)
    text = f"{number(estimate)} ± {number((upper - lower) / 2)}"
    axes.text(x + 0.008, y + tall / 2 - 0.2, text, fontsize=9.5, fontweight="bold", va="bottom", color=ink)


def wrapped(text, width):
    """A text in lines of at most so many characters, at spaces."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append("")
        lines[-1] = (lines[-1] + " " + word).strip()
    return lines


def items_axes(axes, place, whole):
    for item in FORM.items:
        estimate, lower, upper = whole[item.code]
        axes.hlines(place[item.code], lower, upper, color=INK, linewidth=1.3)
        axes.plot(estimate, place[item.code], "o", color=INK, markersize=5, markeredgecolor="white", markeredgewidth=0.8)
        axes.annotate(
            number(estimate), (1, place[item.code]), xycoords=("axes fraction", "data"), fontsize=8, ha="right", va="center",
            color=SOFT,
        )
    axes.axvline(whole["SIPAS"][0], color=BLUE, linewidth=1)
    ends = [figure for item in FORM.items for figure in whole[item.code][1:]]
    axes.set_xlim(min(ends) - 0.5, max(ends) + 0.16 * (max(ends) - min(ends)) + 0.5)
    axes.hlines([place[item.code] for item in FORM.items], *axes.get_xlim(), color="#f1f1f1", linewidth=0.6, zorder=0)
    axes.set_xticks([tick for tick in range(0, 101, 2) if min(ends) - 0.5 <= tick <= max(ends) + 0.5])
    axes.yaxis.set_visible(False)
    axes.xaxis.set_major_formatter(lambda value, _: number(value, 0))
    axes.set_xlabel("Điểm, thang 0–100; vạch xanh: chỉ số chung")
    axes.grid(axis="x", color=LINE, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(length=0)


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    survey = Survey()
    with mpl.rc_context(STYLE):
        for draw in (provinces, answers, tree):
            figure = draw(survey)
            figure.savefig(folder / f"{draw.__name__}.svg", metadata={"Date": None})
            figure.savefig(folder / f"{draw.__name__}.png")
            plt.close(figure)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("pictures"))
