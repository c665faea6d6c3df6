/// The members of a JSON object, by ascending bytes of their keys.
///
/// Most objects have a handful, and a report may have a million objects: a short sorted list is made
/// and searched sooner than a hash table, and is written as it stands.
struct JSONMembers: Hashable, Sendable {
    /// A key and what stands under it.
    struct Member: Hashable {
        let key: String
        var value: JSONValue
    }

    private var sorted: [Member] = []

    init() {}

    /// The given members; of several with one key the first counts.
    init(inAnyOrder members: [Member]) {
        let isAscending = members.indices.dropFirst().allSatisfy {
            Self.precedes(members[$0 - 1].key, members[$0].key)
        }
        guard !isAscending else {
            sorted = members
            return
        }
        // The sort is stable, so the first of several with one key is still before the others.
        sorted = members.sorted { Self.precedes($0.key, $1.key) }
        let isRepeating = sorted.indices.dropFirst().contains {
            Self.isSame(sorted[$0 - 1].key, sorted[$0].key)
        }
        if isRepeating {
            sorted = sorted.reduce(into: []) { kept, member in
                let isNew = kept.last.map { !Self.isSame($0.key, member.key) } ?? true
                if isNew { kept.append(member) }
            }
        }
    }

    /// The order of keys, which does not depend on the version of Unicode.
    static func precedes(_ key: String, _ other: String) -> Bool {
        let (bytes, others) = (key.utf8Span.span, other.utf8Span.span)
        for index in 0..<Swift.min(bytes.count, others.count) where bytes[index] != others[index] {
            return bytes[index] < others[index]
        }
        return bytes.count < others.count
    }

    /// The keys, ascending.
    var keys: some Collection<String> { sorted.lazy.map(\.key) }

    /// What stands under `key`; nil for nothing.
    subscript(key: String) -> JSONValue? {
        get { index(of: key).map { sorted[$0].value } }
        set {
            switch (index(of: key), newValue) {
            case (let index?, let value?): sorted[index].value = value
            case (let index?, nil): sorted.remove(at: index)
            case (nil, let value?):
                let next = sorted.firstIndex { !Self.precedes($0.key, key) } ?? sorted.count
                sorted.insert(Member(key: key, value: value), at: next)
            case (nil, nil): break
            }
        }
    }

    private func index(of key: String) -> Int? {
        sorted.firstIndex { Self.isSame($0.key, key) }
    }

    private static func isSame(_ key: String, _ other: String) -> Bool {
        key.utf8.count == other.utf8.count && key == other
    }
}

extension JSONMembers: ExpressibleByDictionaryLiteral {
    init(dictionaryLiteral elements: (String, JSONValue)...) {
        self.init(elements)
    }

    /// The members that are `pairs`, in any order.
    init(_ pairs: some Sequence<(String, JSONValue)>) {
        self.init(inAnyOrder: pairs.map { Member(key: $0.0, value: $0.1) })
    }
}

extension JSONMembers: RandomAccessCollection {
    var startIndex: Int { sorted.startIndex }
    var endIndex: Int { sorted.endIndex }
    subscript(position: Int) -> (key: String, value: JSONValue) {
        (sorted[position].key, sorted[position].value)
    }
}
