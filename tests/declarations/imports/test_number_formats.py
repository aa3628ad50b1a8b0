import pytest

from declarations.imports.number_formats import FORMATS, GENERAL, print_number


@pytest.mark.parametrize(
    ("raw", "number_format", "text"),
    [
        ("95", GENERAL, "95"),
        ("2677.70", GENERAL, "2677.7"),
        ("0.30000000000000004", GENERAL, "0.3"),
        ("72807.384975", GENERAL, "72807.384975"),
        ("123456789.123456", GENERAL, "123456789.123456"),
        ("1E-3", GENERAL, "0.001"),
        ("1.5E+5", GENERAL, "150000"),
        ("-0", GENERAL, "0"),
        ("-5.5", "0.00", "-5.5"),
        ("0.666666666666667", GENERAL, "0.666667"),
        ("0.666666666666667", "0.00", "0.67"),
        ("66.6666666666667", "0", "67"),
        ("0.1234567", "0.00", "0.12"),
        ("0.123456", "0.00", "0.123456"),
        ("1200", "#,##0", "1200"),
        ("1200.5", "#,##0.00_);(#,##0.00)", "1200.5"),
        ("1200.5", '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ', "1200.5"),
        ("1200.5", "¥#,##0.00", "1200.5"),
        ("1200.5", '[$¥-804]#,##0.00;[Red]"-"0', "1200.5"),
        ("1200.5", '#,##0.00"万元"', "1200.5万元"),
        ("0.95", "0%", "95%"),
        ("0.955", "0%", "95.5%"),
        ("0.9555", "0.00%", "95.55%"),
        ("0.28999999999999998", "0%", "29%"),
        ("0.666666666666667", "0.00%", "66.67%"),
        ("1", "0%", "100%"),
        ("95", '0"%"', "95%"),
        ("95", "0\\%", "95%"),
        ("95", '"≥"0"%"', "≥95%"),
        ("0.95", '"≥"0%', "≥95%"),
        ("5", '0"个"', "5个"),
        ("5", "0 个", "5个"),
        ("5", "@", "5"),
        ("5", "# ?/?", "5"),
        ("50000", "0.00E+00", "50000"),
        ("12345", '0!.0,"万"', "12345"),
        ("44805", FORMATS[14], "2022年9月1日"),
        ("44805", 'yyyy"年"m"月"d"日"', "2022年9月1日"),
        ("44805", "[$-804]yyyy/m/d;@", "2022年9月1日"),
        ("44805", "yyyy-mm", "2022年9月"),
        ("44805", FORMATS[57], "2022年9月"),
        ("44805", FORMATS[58], "9月1日"),
        ("44805", 'm"月"', "9月"),
        ("44805.354166666664", FORMATS[22], "2022年9月1日 8:30"),
        ("0.354166666666667", "h:mm", "8:30"),
        ("0.354166666666667", "h:mm AM/PM", "8:30"),
        ("1.5", "[h]:mm", "36:00"),
        ("44805", "ss", "44805"),
    ],
)
def test_print_number(raw, number_format, text):
    assert print_number(raw, number_format) == text


def test_print_number_of_a_date_counted_from_1904():
    assert print_number("43343", "yyyy-mm-dd", since_1904=True) == "2022年9月1日"


@pytest.mark.parametrize(
    ("raw", "number_format"),
    [
        ("甲", GENERAL),
        ("", GENERAL),
        ("NaN", GENERAL),
        ("Infinity", GENERAL),
        ("1E309", GENERAL),
        ("1E-999999999", GENERAL),
        ("99999999", "yyyy-mm-dd"),
    ],
)
def test_print_number_refuses_what_is_no_number_of_a_cell(raw, number_format):
    with pytest.raises((ValueError, ArithmeticError)):
        print_number(raw, number_format)


def test_print_number_takes_the_largest_number_of_excel():
    assert print_number("1E308", GENERAL) == "1" + "0" * 308
