import Testing

@testable import Catalogue

@Suite struct WrittenFormTests {
    @Test(arguments: [
        ("0", true), ("5", true), ("2.5", true), ("0.05", true), ("1234567890123456", true),
        ("12345678901234567", false), ("", false), ("05", false), ("5.", false), (".5", false),
        ("2.50", false), ("2,5", false), ("+1", false), ("-1", false), ("1e3", false),
        ("1.2.3", false), ("٣", false),
    ])
    func `a decimal has one form`(text: String, isDecimal: Bool) {
        #expect(WrittenForm.isDecimal(text) == isDecimal)
    }

    @Test(arguments: [
        ("2,5", "2.5"), ("005", "5"), ("5.00", "5"), ("0,50", "0.5"), ("0", "0"), ("000", "0"),
        ("1.000,5", nil), ("", nil), (".", nil), ("5,", nil), ("-5", nil), ("5 ", nil),
        ("abc", nil),
    ])
    func `decimals of other programs are read when they are unambiguous`(
        text: String,
        decimal: String?
    ) {
        #expect(WrittenForm.decimal(lenient: text) == decimal)
    }

    @Test(arguments: [
        ("https://x.example/", true), ("urn:uuid:1", true), ("did:web:x", true), ("a:b", true),
        ("x", false), (":x", false), ("1a:b", false), ("a:", false),
        ("https://x.example/a b", false),
        ("https://x.example/é", false), ("https://x.example/<b>", false),
        ("a:" + String(repeating: "x", count: 2046), true),
        ("a:" + String(repeating: "x", count: 2047), false),
    ])
    func `a URI is absolute and escaped`(text: String, isURI: Bool) {
        #expect(WrittenForm.isURI(text) == isURI)
    }

    @Test(arguments: [
        ("https://x.example", true), ("HTTP://x.example/", true), ("https://", false),
        ("https:///x", false), ("javascript:alert(1)", false), ("data:text/html,x", false),
    ])
    func `a web address is http with a host`(text: String, isWeb: Bool) {
        #expect(WrittenForm.isWebAddress(text) == isWeb)
    }

    @Test(arguments: [
        ("en", true), ("fra", true), ("pt-BR", true), ("zh-Hant-TW", true), ("sr-Latn", true),
        ("e", false), ("", false), ("en_GB", false), ("en-", false), ("1a", false),
        ("en-abcdefghi", false),
    ])
    func `a language tag is well-formed`(tag: String, isValid: Bool) {
        #expect(LanguageTag.isValid(tag) == isValid)
    }
}

@Suite struct PlainTextTests {
    @Test(arguments: [
        ("plain", "plain", []),
        (
            "<p>One</p><p>Two &amp; three</p>", "One\nTwo & three",
            [PlainText.Change.markup, .space]
        ),
        ("a<br/>b", "a\nb", [.markup]),
        ("<script>alert('</b>')</script>safe", "safe", [.markup]),
        ("<SCRIPT>x</ScRiPt >safe", "safe", [.markup]),
        ("<img src=x onerror='a>b'>safe", "safe", [.markup]),
        ("<x-y onclick=1>safe</x-y>", "safe", [.markup]),
        ("<!-- hidden -->safe<!doctype html>", "safe", [.markup]),
        ("<script>never closed", "", [.markup]),
        ("a < b and c > d", "a < b and c > d", []),
        ("see <https://x.example/a>", "see <https://x.example/a>", []),
        ("Vec<T> and <email@x.example>", "Vec<T> and <email@x.example>", []),
        ("R&D; AT&amp;T &#233;&#xE9; &unknown;", "R&D; AT&T éé &unknown;", [.markup]),
        ("user\u{202e}gpj.exe", "usergpj.exe", [.controls]),
        ("a\u{0}b\u{7}c\u{200f}d\u{feff}", "abcd", [.controls]),
        ("  both ends \n", "both ends", [.space]),
        ("one\r\ntwo\rthree", "one\ntwo\nthree", []),
        ("שלום عالم", "שלום عالم", []),
        (" \u{202e} ", "", [.controls, .space]),
        ("", "", []),
    ])
    func `hostile text becomes plain text`(
        source: String,
        text: String,
        changes: [PlainText.Change]
    ) {
        let plain = PlainText(source)
        #expect(plain.text == text)
        #expect(plain.changes == changes)
    }

    @Test func `a text of a million open declarations is read in one pass`() {
        let text = String(repeating: "<!", count: 500_000)
        #expect(PlainText(text).text == text)
    }
}

@Suite struct WorkloadTests {
    @Test(arguments: [
        ("PT60H", "60"), ("PT1H30M", "1.5"), ("PT20M", "0.33"), ("P60M", nil), ("P2D", nil),
        ("P1DT2H", nil),
    ])
    func `only hours and minutes say how much work it is`(text: String, hours: String?) {
        #expect(ISODuration(text)?.hours == hours)
    }

    @Test(arguments: ["60H", "P", "PT", "PT6", "P60", "PTxH", "P1H", "PT1M1H", "PT1234567H"])
    func `other texts are no durations`(text: String) {
        #expect(ISODuration(text) == nil)
    }
}
