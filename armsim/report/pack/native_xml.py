"""A native chart on a slide: bars, stacks and lines, with error bars where there are limits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.ticker import MaxNLocator
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_LABEL_POSITION,
    XL_LEGEND_POSITION,
    XL_MARKER_STYLE,
    XL_TICK_LABEL_POSITION,
)
from pptx.enum.dml import MSO_LINE
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Inches, Pt

from armsim.report.pack.native import Native, Series
from armsim.report.style import CATEGORICAL, INK, QUIET
from armsim.report.words import printable
from armsim.study.sheets import inert

#: The library gives these no types.
_DATA: Any = CategoryChartData
_RGB: Any = RGBColor
_TEXT_PT = 14
_FONT = "Arial"
_NAME = 48


def add_chart(slide: Any, chart: Native, box: tuple[float, float, float, float]) -> Any:
    """Put a chart on a slide.

    Args:
        slide: the slide.
        chart: what to draw; text cells of its workbook are made inert.
        box: left, top, width and height in inches.

    Returns:
        The frame that holds it.
    """
    data = _DATA(number_format="General")
    data.categories = [inert(_short(name)) for name in chart.categories]
    for one in chart.series:
        data.add_series(inert(_short(one.name)), one.values)
    frame = slide.shapes.add_chart(_type(chart), *(Inches(one) for one in box), data)
    made = frame.chart
    made.font.size, made.font.name = Pt(_TEXT_PT), _FONT
    _key(made, chart)
    _axes(made, chart)
    for index, (series, one) in enumerate(zip(made.plots[0].series, chart.series, strict=True)):
        _look(series, index, chart, one)
        if any(limit is not None for limit in one.low):
            _error_bars(series, one, chart, _colour(one, index) if _crowded(chart) else INK)
    if chart.labels:
        _labels(made, chart)
    return frame


def _type(chart: Native) -> Any:
    return {
        "bars": XL_CHART_TYPE.BAR_CLUSTERED,
        "stacked_bars": XL_CHART_TYPE.BAR_STACKED,
        "stacked_columns": XL_CHART_TYPE.COLUMN_STACKED,
        "lines": XL_CHART_TYPE.LINE_MARKERS,
    }[chart.kind]


def _key(made: Any, chart: Native) -> None:
    made.has_title = False
    made.has_legend = len([one for one in chart.series if one.name]) > 1
    if made.has_legend:
        made.legend.position, made.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False


def _axes(made: Any, chart: Native) -> None:
    values, names = made.value_axis, made.category_axis
    for axis, title in ((values, chart.axis), (names, chart.across)):
        axis.has_title = bool(title)
        if title:
            axis.axis_title.text_frame.text = printable(title)
            font = axis.axis_title.text_frame.paragraphs[0].runs[0].font
            font.size, font.bold = Pt(_TEXT_PT), False
        axis.format.line.color.rgb = rgb(QUIET)
    values.minimum_scale, values.maximum_scale, step = _ends(chart)
    values.major_unit = step
    form = "0.00" if chart.form == "0.0" and step < 0.1 else chart.form
    values.tick_labels.number_format, values.tick_labels.number_format_is_linked = form, False
    values.major_gridlines.format.line.color.rgb = rgb("#D9D9D9")
    # Names stand at the edge where bars go below zero.
    names.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    if chart.kind in ("bars", "stacked_bars"):
        names.reverse_order = True
        # With the order turned the values would stand on top.
        values.tick_label_position = XL_TICK_LABEL_POSITION.HIGH


def _ends(chart: Native) -> tuple[float, float, float]:
    """Round ends of the axis of values that hold bars, limits and zero, and the step between marks."""
    if chart.kind.startswith("stacked"):
        tops = [
            sum(value or 0.0 for value in pile)
            for pile in zip(*(one.values for one in chart.series), strict=True)
        ]
        told = [*tops, 1.0] if chart.form == "0%" else tops
    else:
        columns = [column for one in chart.series for column in (one.values, one.low, one.high)]
        told = [value for column in columns for value in column if value is not None]
    low, high = min([0.0, *told]), max([0.0, *told])
    ticks = MaxNLocator(nbins=6, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    return float(ticks[0]), float(ticks[-1]), float(ticks[1] - ticks[0])


def _colour(one: Series, index: int) -> str:
    return one.colour or CATEGORICAL[index]


def _look(series: Any, index: int, chart: Native, one: Series) -> None:
    colour = rgb(_colour(one, index))
    if chart.kind == "lines":
        series.smooth = False
        markers = (
            XL_MARKER_STYLE.CIRCLE,
            XL_MARKER_STYLE.SQUARE,
            XL_MARKER_STYLE.TRIANGLE,
            XL_MARKER_STYLE.DIAMOND,
        )
        series.marker.style, series.marker.size = markers[index], 8
        series.marker.format.fill.solid()
        series.marker.format.fill.fore_color.rgb = colour
        series.marker.format.line.color.rgb = colour
        series.format.line.color.rgb, series.format.line.width = colour, Pt(2.25)
        series.format.line.dash_style = (
            MSO_LINE.SOLID,
            MSO_LINE.DASH,
            MSO_LINE.DASH_DOT,
            MSO_LINE.ROUND_DOT,
        )[index]
    elif one.name:
        series.format.fill.solid()
        series.format.fill.fore_color.rgb = colour
        series.format.line.color.rgb = rgb("#FFFFFF")
    else:
        series.format.fill.background()
        series.format.line.fill.background()


def _labels(made: Any, chart: Native) -> None:
    """Values beside the bars, not beside what is not drawn."""
    plot = made.plots[0]
    plot.gap_width = 60
    for series, one in zip(plot.series, chart.series, strict=True):
        if not one.name:
            continue
        labels = series.data_labels
        labels.show_value, labels.number_format, labels.number_format_is_linked = True, chart.form, False
        labels.font.size = Pt(_TEXT_PT)
        if chart.kind == "bars":
            labels.position = XL_LABEL_POSITION.INSIDE_BASE
            labels.font.color.rgb = rgb("#FFFFFF")
            labels.font.bold = True
        else:
            labels.position = XL_LABEL_POSITION.CENTER
            labels.font.color.rgb = rgb("#FFFFFF")
            labels.font.bold = True
    if chart.kind == "stacked_bars":
        plot.overlap = 100
        whole = plot.series[-1].points[len(chart.categories) - 1]  # the last bar adds up those above it
        whole.format.fill.solid()
        whole.format.fill.fore_color.rgb = rgb(CATEGORICAL[0])


def _crowded(chart: Native) -> bool:
    """Whether the limits of several series lie over each other, so that each takes the colour of its own."""
    return chart.kind == "lines" and len(chart.series) > 1


def _error_bars(series: Any, one: Series, chart: Native, colour: str) -> None:
    """Limits as error bars of a series; a point without limits has none, one not reached runs to the edge."""
    edge = _ends(chart)[1]
    high = [
        edge if low is not None and top is None else top for low, top in zip(one.low, one.high, strict=True)
    ]
    up = [_reach(value, top) for value, top in zip(one.values, high, strict=True)]
    down = [_reach(low, value) for value, low in zip(one.values, one.low, strict=True)]
    direction = "" if chart.kind == "bars" else '<c:errDir val="y"/>'
    xml = (
        f'<c:errBars {nsdecls("c", "a")}>{direction}<c:errBarType val="both"/><c:errValType val="cust"/>'
        f'<c:noEndCap val="0"/><c:plus>{_literal(up)}</c:plus><c:minus>{_literal(down)}</c:minus>'
        f'<c:spPr><a:ln w="19050"><a:solidFill><a:srgbClr val="{colour[1:]}"/></a:solidFill></a:ln></c:spPr>'
        "</c:errBars>"
    )
    element = series._element
    element.find(qn("c:cat")).addprevious(parse_xml(xml))


def _reach(low: float | None, high: float | None) -> float:
    return 0.0 if low is None or high is None else max(high - low, 0.0)


def _literal(values: Sequence[float]) -> str:
    points = "".join(f'<c:pt idx="{index}"><c:v>{value!r}</c:v></c:pt>' for index, value in enumerate(values))
    return (
        f'<c:numLit><c:formatCode>General</c:formatCode><c:ptCount val="{len(values)}"/>{points}</c:numLit>'
    )


def _short(name: str) -> str:
    text = printable(name)
    return text if len(text) <= _NAME else f"{text[: _NAME - 1]}…"


def rgb(colour: str) -> Any:
    """A colour such as ``#12436D`` as python-pptx takes it."""
    return _RGB.from_string(colour.removeprefix("#"))
