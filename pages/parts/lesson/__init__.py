"""What every page stands on: the state in session, controls and address; and the lessons' skeleton.

How to write a lesson
=====================

A lesson is one file, ``pages/learn/<name>.py``, that ends in ``LESSON = Lesson(...)``, and one
line: its module's name in `course.COURSE`. The fields of `lesson.Lesson` stand in the order in
which a learner meets them, and so does the file. ``pages/learn/rows_or_clusters.py`` is the
example.

::

    @dataclass(frozen=True)
    class Shrinkage(LessonState, page="shrinkage"):      # the address /shrinkage
        size: float = number(2.0, 1, 500, param="size")   # a field for each control

    def stage(look: Look, placed: Answer) -> Drawing: ... # the figure before the answer
    def result(state: Shrinkage) -> Landing: ...          # the engine, at the present controls
    def figure(scene: Scene[Shrinkage, Landing]) -> Drawing: ...   # the figure afterwards

    LESSON = Lesson(
        state=Shrinkage, title=..., setting=..., question=...,
        commit=marker("School F", (25.0, 100.0), 0.1, y=0.0, unit="points"),
        stage=stage, result=result, enter=enter, controls=(Control("size", ...),), figure=figure,
        target=..., reveal=reveal, reply=reply, why=why, challenges=(Challenge(...),),
        misread=..., remember=..., on_paper=..., expected=expected,
    )

What the skeleton does, so that a lesson need not:

- Steps (ask, play, reveal, why, do, remember), buttons, Back and Forward, the lecture view, the
  keys → and ← in it and its QR code, the phone's layout. Everything is in the address by ids.
- The answer: its handles or fields, its place in the address, the history of answers.
- The challenges: moves are counted, the fewest are kept. Progress lives in the browser's
  storage.

What a lesson has to keep to:

- Before the answer only ``setting``, ``question``, ``commit`` and ``stage`` are asked. They must
  not hold what comes out. A test replaces all the rest by functions that raise.
- ``enter(step)`` gives the controls' values at the beginning of ``play`` (where nothing is given
  away), ``reveal`` (the outcome), ``why``, ``do`` (no challenge reached) and ``remember``. An
  address of a step alone shows just that, so whatever is not in it takes the field's default.
- ``stage`` and ``figure`` draw on the same axes with the same traces as far as possible: the
  figure then changes where it stands. A handle stands on the figure's ``xaxis`` and ``yaxis``; a
  second panel is ``yaxis2``. Give every axis a range, or a moving hand redraws slowly. Colours
  are those of ``look.palette``; type grows by itself for a projector.
- A projector has no room for the figure's ``words``. What its marks are and, if the data change
  between steps, whose they are says ``legend``, in a line; before the answer, where it is empty,
  ``words``. A slow test walks every lesson in its lecture view: nothing is smaller than 18 pixels,
  nothing is cut. What a figure sets in more than 14 pixels, as it should its estimates, gets 24.
- ``figure`` draws ``scene.answer`` (None if the question was skipped) and from ``reveal`` on the
  gap, which compares it with what was asked and not with what a hand has made of it since.
- Every number comes from the engine when it is shown; no numerics in the file beyond asking it.
  Data are loaded by `data.fitted`, which keeps them for all visitors; nothing is computed when
  the module is imported. What else is slow is a function under `functools.cache`.
- ``reply`` gives a `Reply` with the id of the belief. One belief has one id in all lessons: who
  comes with it again, here or elsewhere, reads ``again``. Ids so far: ``right``, ``grand-mean``,
  ``mean-of-means``, ``middle-of-both``, ``half-way``, ``raw-mean``, ``pooled-value``,
  ``between-alone``, ``confounding-gone``, ``one-look``, ``lowest-seen``, ``not-closed-in``,
  ``always-larger``, ``icc-ignored``, ``robust-rivals``, ``one-average``, ``averages-swapped``,
  ``shared-effect``, ``steep-line``, ``one-slope``, ``slopes-average-out``, ``better-fit``,
  ``back-to-ols``, ``spread-for-error``, ``humps-kept``, ``bell-as-wide``, ``lopsided``.
- ``expected`` and ``on_paper`` are for who teaches: the page *For teaching* shows each expected
  answer with the reply that ``reply`` gives to it, and prints the lesson as a worksheet. Expected
  answers are computed as beliefs are; each is a wrong one, and no two have the same idea.
- ``solution`` holds values of the controls' fields. A test sets them one by one and expects the
  challenge to be solved by the last, in as many moves.
- OLS is called OLS, and the mixed model the mixed model ("mixed" in a figure), in prose and in
  figures. Each lesson says once, before the answer, that they are R's `lm` and `lmer`; after that
  these names stand in code only, and where R itself is meant.
- Nothing changes without a word: a figure names its data where there are others, a control that
  chooses data sets the rest to where these begin (``sets``), and data that come with a step are
  announced in it: in the question of that step (``later``), and for a projector in ``legend``.
- ``why`` is asked for in its own step only, so it may rely on the result of that step.
- `tests/pages/test_lessons.py` runs over every lesson by itself; claims about numbers are tests
  of the engine.

Controls, in `lesson`: `Control` (a slider), `Switch`, `Options` (one of a few, such as a model) and
`Press` (a button that sets fields at once). ``steps`` says in which steps one is seen. Two or three
are in view at a time.

What lessons share: `one_number` for answers that are one number on an axis, `six_schools` and
`searched` for their data.

Formulas are values of `engine.words.formulas`, among the paragraphs of ``why``. They stand below
the figure, and a term of theirs lights the trace of that role, or with ``meta.terms`` the single
point.

Ways of answering, in `commit`: `marker` (one along the axis, linear or logarithmic, with a field
to type in), `Marks` (several of them; two with ``along="y"`` are the ends of a line, many are
the bars of a histogram, with ``all=False`` it is enough to move one), `Pick` (a click on a
cluster), `Looks` (a marker and a button that looks where it stands) and `Choice`.
"""
