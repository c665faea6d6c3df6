import Prober
import Testing

@testable import Reconcile

@Suite struct JSONMembersTests {
    @Test(
        "members are what a dictionary would hold, by the bytes of their keys",
        arguments: 1...20 as ClosedRange<UInt64>)
    func changes(seed: UInt64) {
        var random = SplitMix64(state: seed)
        let keys = ["a", "A", "ab", "b", "", "a key of more than fifteen bytes", "é", "z", "\u{0}"]
        var members = JSONMembers()
        var model: [String: JSONValue] = [:]
        for step in 0..<60 {
            let key = keys.randomElement(using: &random) ?? ""
            let value: JSONValue? = Bool.random(using: &random) ? .unsigned(UInt64(step)) : nil
            members[key] = value
            model[key] = value
            let sorted = model.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            #expect(members.map(\.key) == sorted.map(\.key))
            #expect(members.map(\.value) == sorted.map(\.value))
            #expect(keys.allSatisfy { members[$0] == model[$0] })
        }
    }

    @Test(
        "of several members with one key the first counts",
        arguments: 1...20 as ClosedRange<UInt64>)
    func repetition(seed: UInt64) {
        var random = SplitMix64(state: seed)
        let pairs = (0..<30).map { index in
            (String(Int.random(in: 0...12, using: &random)), JSONValue.unsigned(UInt64(index)))
        }
        let model = Dictionary(pairs) { first, _ in first }
        let members = JSONMembers(pairs)
        #expect(members.count == model.count)
        #expect(members.allSatisfy { model[$0.key] == $0.value })
        #expect(members == JSONMembers(model.map { ($0.key, $0.value) }))
    }
}
