"""The check of the message catalogues finds what is missing, fuzzy or empty."""

from runner.catalogues import complaints, read_catalogue

HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n'
WHOLE = HEADER + 'msgid "Seat"\nmsgstr "座位"\n\n#, python-format\nmsgid ""\n"two "\n"lines"\nmsgstr "两行"\n'


def test_a_complete_catalogue_draws_no_complaint():
    assert complaints(WHOLE, WHOLE, "django.po") == []


def test_a_text_over_several_lines_is_one_text():
    assert [message.name for message in read_catalogue(WHOLE)] == ["Seat", "two lines"]


def test_a_text_nobody_gathered_is_missing():
    extracted = WHOLE + '\nmsgid "Row"\nmsgstr ""\n'

    assert complaints(WHOLE, extracted, "django.po") == ["django.po: missing: 'Row'"]


def test_a_text_nobody_translated_is_empty():
    untranslated = WHOLE.replace("座位", "")

    assert complaints(untranslated, untranslated, "django.po") == ["django.po: empty: 'Seat'"]


def test_a_plural_lacking_a_form_is_empty():
    plural = HEADER + 'msgid "%d seat"\nmsgid_plural "%d seats"\nmsgstr[0] "%d 个座位"\nmsgstr[1] ""\n'

    assert complaints(plural, plural, "django.po") == ["django.po: empty: '%d seat'"]


def test_a_guessed_translation_is_fuzzy():
    guessed = WHOLE.replace('msgid "Seat"', '#, fuzzy\nmsgid "Seat"')

    assert complaints(guessed, guessed, "django.po") == ["django.po: fuzzy: 'Seat'"]


def test_what_fell_out_of_use_is_no_matter():
    assert complaints(WHOLE + '\n#~ msgid "Stall"\n#~ msgstr ""\n', WHOLE, "django.po") == []
