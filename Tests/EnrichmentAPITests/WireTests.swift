import EnrichmentAPI
import Foundation
import Testing

@Suite struct WireTests {
    private func decode<Value: Decodable>(_ type: Value.Type, _ text: String) throws -> Value {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }

    @Test func bothSpellingsOfAMissMeanTheSame() throws {
        let result = try decode(
            PersonResult.self,
            #"{"record_id":7,"credits_used":"2.5","new":1,"channels":{"phone":null,"work_email":{"value":null,"tried_providers":["A"]},"fax":{"value":"1"}}}"#
        )
        #expect(result.recordID == "7")
        #expect(result.creditsUsed == Credits(thousandths: 2500))
        #expect(result.channels == [.phone: .missed(tried: []), .workEmail: .missed(tried: ["A"])])
    }

    @Test func numbersAsTextsAreAccepted() throws {
        let result = try decode(
            PersonResult.self,
            #"{"credits_used":3,"channels":{"phone":{"value":12125550142,"source":"A","confidence":"0.9","enriched_at":"t"}}}"#
        )
        #expect(
            result.channels[.phone]?.value
                == ChannelValue(value: "12125550142", source: "A", confidence: 0.9, enrichedAt: "t"))
    }

    @Test(arguments: [
        #"[{"credits_used":0,"channels":{}}]"#, #"{"results":[{"credits_used":0,"channels":{}}],"credits_used":0}"#,
    ])
    func bulkAnswersComeBareOrWrapped(_ text: String) throws {
        #expect(try decode(BulkResponse.self, text).results.count == 1)
    }

    @Test(arguments: [
        "<html>", "{}", #"[{"channels":{}}]"#, #"[{"credits_used":-1,"channels":{}}]"#, "[1]",
        #"[{"credits_used":1,"channels":[]}]"#,
    ])
    func whatIsNoAnswerIsRefused(_ text: String) {
        #expect(throws: (any Error).self) { try decode(BulkResponse.self, text) }
    }

    /// A phone may come as a number, an email or a profile may not.
    @Test func aNumberWhereATextBelongsIsNoAnswer() throws {
        func read(_ channel: String) throws -> PersonResult {
            try JSONDecoder().decode(
                PersonResult.self,
                from: Data(
                    #"{"record_id": "r", "credits_used": 1, "channels": {"\#(channel)": {"value": 12125550100}}}"#.utf8)
            )
        }
        #expect(try read("phone").channels[.phone]?.value?.value == "12125550100")
        for channel in ["work_email", "personal_email", "linkedin_url"] {
            #expect(throws: (any Error).self) { try read(channel) }
        }
    }

    @Test func newThingsOfAnyFormLeaveTheRestOfAnAnswerGood() throws {
        let person = try decode(
            PersonResult.self,
            #"{"credits_used":3,"channels":{"social":{"value":["x",{}]},"fax":7,"phone":{"value":"+12125550142"}}}"#)
        #expect(person.channels.entries.map(\.channel) == [.phone])
        let account = try decode(
            AccountResult.self,
            #"{"account_id":"a","fields":{"office":{"city":"Aberdeen"},"tech_stack":["x",null,"y"],"deep":[[1]]}}"#)
        #expect(account.fields == ["tech_stack": "x;y"])
    }

    @Test func accountFieldsBecomeTexts() throws {
        let result = try decode(
            AccountResult.self,
            #"{"account_id":"a","fields":{"industry":null,"tech_stack":["x","y"],"founded_year":1999,"new":true}}"#)
        #expect(result.fields == ["tech_stack": "x;y", "founded_year": "1999", "new": "true"])
    }

    @Test(arguments: [(0, "0"), (3000, "3"), (2500, "2.5"), (125, "0.125"), (-500, "-0.5")])
    func creditsAreSpelledShortly(_ thousandths: Int, _ text: String) throws {
        #expect(Credits(thousandths: thousandths).description == text)
        if thousandths >= 0 {
            let encoded = try JSONEncoder().encode([Credits(thousandths: thousandths)])
            #expect(try JSONDecoder().decode([Credits].self, from: encoded).first?.thousandths == thousandths)
        }
    }

    @Test func aRequestCarriesOnlyTheHintsThatAreKnown() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let body = try encoder.encode(SingleRequest(hints: PersonHints(email: "z@acme.example"), channels: [.phone]))
        #expect(String(decoding: body, as: UTF8.self) == #"{"channels":["phone"],"email":"z@acme.example"}"#)
    }
}
