"""The rules give every force the figures of the planning notes that they were taken from."""

import dataclasses

import pytest

from armsim.model.geography import force_slug
from armsim.model.starter.figures import force_figures
from armsim.model.starter.rules import demand_index, effective_people, force_sizes, to_step

#: Force; G1; G2; CED-relevant; firearms operations and their letter; response officers; ARVs a shift;
#: officers of ARV teams; bases; Specials. The notes left operations / 240 out, which only the West
#: Midlands feel: it has 8 ARVs and 130 officers for them there.
NOTES = """
Avon and Somerset; 61800; 97000; 4730; 547; R*; 560; 5; 80; 11; 332
Bedfordshire; 20300; 31900; 1870; 149; N; 225; 2; 30; 5; 178
Cambridgeshire; 27400; 43100; 2040; 172; N; 280; 2; 30; 8; 216
Cheshire; 41700; 65400; 3550; 169; N; 395; 3; 50; 8; 337
Cleveland; 21600; 34000; 2100; 108; R; 240; 2; 30; 4; 81
Cumbria; 16100; 25300; 1410; 74; N; 230; 2; 30; 10; 61
Derbyshire; 28000; 44000; 2970; 171; R; 345; 3; 50; 8; 201
Devon & Cornwall; 56200; 88200; 5200; 271; P*; 590; 5; 80; 15; 325
Dorset; 23700; 37200; 2110; 194; R*; 240; 2; 30; 7; 111
Durham; 26600; 41800; 2080; 92; R; 240; 2; 30; 7; 63
Dyfed-Powys; 15400; 24100; 1070; 142; R; 225; 2; 30; 12; 58
Essex; 61100; 96000; 5680; 440; N; 585; 5; 80; 11; 476
Gloucestershire; 16600; 26000; 1810; 169; R*; 210; 2; 30; 7; 172
Greater Manchester; 120000; 188300; 12480; 472; P; 1165; 8; 130; 11; 395
Gwent; 22500; 35300; 1760; 228; R; 265; 2; 30; 6; 54
Hampshire; 72600; 114000; 7820; 390; N; 655; 6; 95; 12; 350
Hertfordshire; 37300; 58600; 3400; 229; N; 395; 3; 50; 7; 269
Humberside; 35400; 55600; 3750; 327; R; 375; 3; 50; 9; 152
Kent; 75700; 118800; 7370; 379; N; 685; 5; 80; 11; 283
Lancashire; 55500; 87100; 6150; 207; P*; 570; 4; 65; 10; 349
Leicestershire; 35000; 55000; 3000; 285; P; 350; 3; 50; 8; 262
Lincolnshire; 19600; 30800; 1650; 112; R; 220; 2; 30; 10; 129
London, City of; 1900; 2900; 170; 60; A; 70; 3; 70; 1; 79
Merseyside; 52400; 82200; 5260; 314; N; 510; 4; 65; 6; 240
Metropolitan Police; 296600; 465500; 38710; 5082; R; 2675; 40; 960; 27; 2062
Norfolk; 29200; 45900; 2470; 152; N; 315; 3; 50; 10; 190
North Wales; 25900; 40600; 2430; 248; R; 295; 2; 30; 10; 183
North Yorkshire; 21900; 34400; 1760; 207; R; 270; 2; 30; 11; 127
Northamptonshire; 23800; 37300; 2710; 165; R; 240; 2; 30; 7; 254
Northumbria; 62700; 98400; 4860; 261; R; 625; 4; 65; 12; 167
Nottinghamshire; 39700; 62300; 4530; 240; R; 390; 3; 50; 8; 164
South Wales; 47300; 74200; 4240; 519; R; 585; 4; 65; 8; 135
South Yorkshire; 54900; 86100; 5520; 584; R; 495; 4; 65; 8; 164
Staffordshire; 40000; 62700; 4200; 330; P; 360; 3; 50; 8; 223
Suffolk; 25800; 40500; 2020; 131; N; 235; 2; 30; 8; 165
Surrey; 37100; 58200; 2650; 184; N; 380; 3; 50; 7; 164
Sussex; 55600; 87300; 5150; 341; N; 510; 5; 80; 11; 179
Thames Valley; 66200; 103900; 5370; 421; N; 800; 7; 110; 14; 411
Warwickshire; 18200; 28600; 1710; 193; R; 165; 2; 30; 6; 166
West Mercia; 41400; 65000; 3760; 368; R; 380; 4; 65; 12; 291
West Midlands; 94300; 148100; 12280; 2421; P; 915; 10; 160; 11; 162
West Yorkshire; 98800; 155100; 10420; 1013; R; 960; 7; 110; 11; 404
Wiltshire; 21800; 34200; 2070; 185; R*; 195; 2; 30; 8; 245
"""
ROWS = [line.split("; ") for line in NOTES.strip().splitlines()]


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_figures_of_the_notes(row):
    name, g1, g2, ced, operations, letter, response, arvs, arv_officers, bases, specials = row
    sizes = force_sizes()[force_slug(name)]
    assert (sizes.immediate, sizes.priority, sizes.ced_relevant) == (int(g1), int(g2), int(ced))
    assert (round(sizes.operations.number), sizes.operations.letter) == (int(operations), letter)
    assert (sizes.response_officers.value, sizes.arvs.value) == (int(response), int(arvs))
    assert (sizes.arv_officers, sizes.response_bases) == (int(arv_officers), int(bases))
    assert sizes.figures.specials == int(specials)


def test_every_force_is_in_the_notes():
    assert {force_slug(row[0]) for row in ROWS} == set(force_sizes())


def test_leicestershire_is_the_yardstick():
    sizes = force_sizes()["leicestershire"]
    assert sizes.index == 1.0
    assert (sizes.pairs, sizes.guarded, sizes.arv_reserve, sizes.desk, sizes.crew) == (5, 2, 1, 1, 2)
    assert (sizes.sergeants, sizes.constables, sizes.pcsos, sizes.armed_officers) == (16, 122, 153, 55)
    assert not sizes.city_speed


def test_only_the_city_of_london_is_scaled_by_crime():
    figures = force_figures()
    scaled = {slug for slug, one in figures.items() if effective_people(one) != one.people}
    assert scaled == {"city-of-london"}
    assert effective_people(figures["city-of-london"]) == pytest.approx(68_271, abs=1)


def test_exceptions_of_the_rules():
    sizes = force_sizes()
    assert {slug for slug, one in sizes.items() if one.crew == 3} == {"metropolitan", "city-of-london"}
    assert {slug for slug, one in sizes.items() if one.city_speed} == {
        "metropolitan", "city-of-london", "west-midlands",
    }  # fmt: skip
    assert sizes["metropolitan"].desk == 4
    assert {slug for slug, one in sizes.items() if one.desk == 2} == {
        slug for slug, one in force_figures().items() if one.people > 1_500_000 and slug != "metropolitan"
    }
    published = {
        "leicestershire": 55,
        "greater-manchester": 215,
        "west-midlands": 241,
        "staffordshire": 82,
        "west-mercia": 106,
    }
    assert {slug: sizes[slug].armed_officers for slug in published} == published
    assert sizes["metropolitan"].armed_officers is None
    assert sizes["cumbria"].armed_officers == 41  # 8.2 per 100,000 of 499,858


def test_generated_regions_of_the_notes_follow_the_same_posts():
    """3 pairs for two vehicles, 13 for eight, two in five of them guards."""
    by_arvs = {one.arvs.value: (one.pairs, one.guarded, one.arv_reserve) for one in force_sizes().values()}
    assert by_arvs[2] == (3, 1, 1)
    assert by_arvs[8] == (13, 5, 3)
    assert by_arvs[40] == (64, 26, 13)


def test_index_is_kept_within_its_range():
    like = force_figures()["leicestershire"]
    assert demand_index(dataclasses.replace(like, disorder=like.disorder * 4)) == 1.3
    assert demand_index(dataclasses.replace(like, disorder=like.disorder // 4)) == 0.8
    assert demand_index(dataclasses.replace(like, disorder=round(like.disorder * 1.21))) == pytest.approx(
        1.1, abs=1e-4
    )


@pytest.mark.parametrize(
    ("value", "step", "expected"), [(2.5, 1, 3), (247.5, 5, 250), (247.4, 5, 245), (0.4, 1, 0)]
)
def test_a_half_goes_up(value, step, expected):
    assert to_step(value, step) == expected
