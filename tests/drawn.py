"""What is on a drawn figure: every text with its box, so that tests can ask whether one lies on another."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Affine2D


def seen_texts(figure: Figure) -> list[Text]:
    """All texts that are drawn: not those of hidden panels, and no tick label outside its axis."""
    texts = list(figure.texts)  # titles of the whole figure among them
    texts += [text for legend in figure.legends for text in legend.get_texts()]
    for ax in figure.axes:
        if not ax.get_visible():
            continue
        texts += [*ax.texts, ax.title, ax._left_title, ax._right_title]
        if not ax.axison:
            continue
        texts += [ax.xaxis.label, ax.yaxis.label]
        for axis, (low, high) in ((ax.xaxis, sorted(ax.get_xlim())), (ax.yaxis, sorted(ax.get_ylim()))):
            ticks = [t for t in axis.get_major_ticks() if low - 1e-9 <= t.get_loc() <= high + 1e-9]
            texts += [label for t in ticks for label in (t.label1, t.label2)]
        if ax.get_legend():
            texts += ax.get_legend().get_texts()
    return [text for text in texts if text and text.get_visible() and text.get_text().strip()]


def corners(text: Text) -> np.ndarray:
    """The four corners of a text on the canvas, turned as it is."""
    angle, mode = text.get_rotation(), text.get_rotation_mode()
    if angle % 90 == 0:
        box = text.get_window_extent()
        return np.array([[box.x0, box.y0], [box.x1, box.y0], [box.x1, box.y1], [box.x0, box.y1]])
    assert mode == "anchor"  # turned about the point at which it is anchored
    anchor = text.get_transform().transform(text.get_unitless_position())
    text.set_rotation(0)
    box = text.get_window_extent()
    text.set_rotation(angle)
    flat = np.array([[box.x0, box.y0], [box.x1, box.y0], [box.x1, box.y1], [box.x0, box.y1]])
    return Affine2D().rotate_deg_around(*anchor, angle).transform(flat)


def overlap(one: np.ndarray, other: np.ndarray, slack: float = 1.0) -> bool:
    """Whether two turned boxes share more than a pixel: no line parts them."""
    for box in (one, other):
        for edge in (box[1] - box[0], box[2] - box[1]):
            length = np.hypot(*edge)
            if not length:
                return False
            axis = np.array([-edge[1], edge[0]]) / length
            a, b = one @ axis, other @ axis
            if a.max() - slack <= b.min() or b.max() - slack <= a.min():
                return False
    return True


def faults(figure: Figure) -> list[str]:
    """Texts that lie on each other or run out of the figure, in words."""
    figure.canvas.draw()
    width, height = figure.canvas.get_width_height()
    boxes = [(text.get_text(), corners(text)) for text in seen_texts(figure)]
    found = [
        f"runs out: {name!r}"
        for name, box in boxes
        if box[:, 0].min() < -1 or box[:, 0].max() > width + 1 or box[:, 1].min() < -1 or box[:, 1].max() > height + 1
    ]
    return found + [
        f"{a!r} lies on {b!r}" for i, (a, one) in enumerate(boxes) for b, other in boxes[i + 1 :] if overlap(one, other)
    ]
