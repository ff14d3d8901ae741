"""The satisfaction trend: score, its 95 % interval, and a visible break where the survey changed."""

import altair as alt
import pandas as pd

COLORS = ["#6b4fbb", "#1f7a8c", "#c98a1b"]


def trend(scored: pd.DataFrame) -> alt.LayerChart | alt.FacetChart:
    """`scored`: one row per period and survey, with score, score_low, score_high, is_mature, signal."""
    surveys = list(dict.fromkeys(scored["survey"]))
    scale = alt.Scale(domain=surveys, range=COLORS[: len(surveys)])
    color = alt.Color("survey:N", title=None, scale=scale, legend=alt.Legend(orient="top", labelLimit=300))
    base = alt.Chart(scored).encode(x=alt.X("period_start:T", title=None), color=color)
    percent = alt.Axis(format="%")
    band = base.mark_area(opacity=0.2).encode(
        y=alt.Y("score_low:Q", title="Positive share", axis=percent, scale=alt.Scale(domain=[0, 1])), y2="score_high:Q"
    )
    line = base.mark_line(strokeWidth=2).encode(y="score:Q")
    points = base.mark_point(size=60, strokeWidth=2).encode(
        y="score:Q",
        # hollow = the period can still receive ratings
        fillOpacity=alt.condition("datum.is_mature", alt.value(1), alt.value(0)),
        fill=alt.Fill("survey:N", scale=scale, legend=None),
        tooltip=[
            alt.Tooltip("period_start:T", title="From", format="%Y-%m-%d"),
            alt.Tooltip("survey:N", title="Survey"),
            alt.Tooltip("score:Q", title="Positive share", format=".1%"),
            alt.Tooltip("score_low:Q", title="At least", format=".1%"),
            alt.Tooltip("score_high:Q", title="At most", format=".1%"),
            alt.Tooltip("offered:Q", title="Surveys sent"),
        ],
    )
    return alt.layer(band, line, points, *_breaks(scored)).properties(height=380)


def _breaks(scored: pd.DataFrame) -> list[alt.Chart]:
    """A dashed line at the first period of each survey but the oldest."""
    begins = scored.sort_values("period_start").drop_duplicates("survey").iloc[1:]
    if begins.empty:
        return []
    marks = alt.Chart(begins.assign(label="Another survey"))
    return [
        marks.mark_rule(strokeDash=[6, 4], color="#555555").encode(x="period_start:T"),
        marks.mark_text(align="left", dx=6, y=10, color="#555555").encode(x="period_start:T", text="label:N"),
    ]
