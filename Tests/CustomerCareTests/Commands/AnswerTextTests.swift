import JSON
import Testing

@testable import CustomerCare

@Suite("Answers on a terminal")
struct AnswerTextTests {
    private func value(_ text: String) throws -> JSONValue { try JSONValue.parse(Array(text.utf8)) }

    @Test("rows show the members that are asked for, of objects inside them too")
    func table() throws {
        let rows = [
            try value(
                """
                {"customerCode":"PB06010001234","managingUnit":{"code":"PB0601"},"owed":1234567,
                 "readAt":"2026-11-25T08:00:00+07:00","isLate":true,"warnings":["a","b"]}
                """),
            try value(
                """
                {"customerCode":"PB1\\u001b[2J","managingUnit":null,"owed":-50,"readAt":null,
                 "isLate":false,"warnings":[]}
                """),
        ]
        let lines = AnswerText.table(
            rows,
            [
                "customerCode", StaffCall.Column("managingUnit.code", "UNIT"), .money("owed"),
                "readAt", "isLate", "warnings", "missing",
            ])
        #expect(
            lines == [
                "CUSTOMER CODE  UNIT    OWED (VND)  READ AT           IS LATE  WARNINGS  MISSING",
                "PB06010001234  PB0601   1.234.567  2026-11-25 08:00  yes      a, b      -",
                "PB1\\u001b[2J   -              -50  -                 no       -         -",
            ])
    }

    @Test("one thing is told member by member, lists inside it as tables, and its tag")
    func record() throws {
        let value = try value(
            """
            {"place":"Phường 1","unit":{"code":"PB0601","name":"Tân An"},"text":"a\\nb",
             "scopes":[{"kind":"feeder","value":"F-1"},{"kind":"area","value":"A"}],
             "history":[{"state":"received","by":"customer","at":"2026-11-25T08:00:05+07:00"},
                        {"state":"x","by":"staff","at":null,"note":"\\u009b1m"}],
             "odd\\u0007":2.5,"none":null}
            """)
        #expect(
            AnswerText.record(value, tag: "v3") == [
                "place      Phường 1",
                "unit.code  PB0601",
                "unit.name  Tân An",
                "text       a",
                "           b",
                "scopes     feeder/F-1",
                "           area/A",
                "history    state     by        at                   note",
                "           received  customer  2026-11-25 08:00:05  -",
                "           x         staff     -                    \\u009b1m",
                "odd\\u0007  2.5",
                "none       -",
                "tag        v3",
            ])
    }

    @Test(
        "an instant of Vietnam loses what goes without saying, anything else nothing",
        arguments: [
            ("2026-11-25T08:00:00+07:00", "2026-11-25 08:00"),
            ("2026-11-25T08:00:07+07:00", "2026-11-25 08:00:07"),
            ("2026-11-25T08:00:00+00:00", "2026-11-25T08:00:00+00:00"),
            ("2026-13-25T08:00:00+07:00", "2026-13-25T08:00:00+07:00"), ("2026-11", "2026-11"),
        ])
    func instants(text: String, shown: String) {
        #expect(AnswerText.cell(.string(text)) == shown)
    }

    @Test("a line of JSON is what came, without a line break and without anything that is obeyed")
    func lines() throws {
        let text = #"{"a":[1,-2.5,true,null,{}],"b":{"c":"ớ\n\u009b\"\\"},"d":[]}"#
        let line = JSONLine.text(try value(text))
        #expect(line == text)
        #expect(try value(line) == value(text))
        #expect(JSONLine.text(.outOfRange) == "null")
    }
}
