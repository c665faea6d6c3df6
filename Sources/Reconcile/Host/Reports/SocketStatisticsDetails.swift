import Prober

/// What `ss` writes behind the addresses: owners, user, inode, cgroup.
struct SocketStatisticsDetails {
    private(set) var details = SocketDetails()
    /// What `v6only:` says; nil where it does not stand.
    private(set) var isIPv6Only: Bool?
    /// What `-m` adds; nil where it does not stand.
    private(set) var memory: Memory?
    /// Whether the owners are written as old versions do.
    private(set) var hasOldTuples = false

    /// What memory a socket may use for what it received, and what it lost for lack of it.
    struct Memory {
        var received: UInt32?
        var receiveLimit: UInt32?
        var dropCount: UInt64?

        /// The numbers in `r0,rb212992,t0,tb212992,f0,w0,o0,bl0,d5`.
        init(_ text: Substring) {
            for word in text.split(separator: ",").prefix(20) {
                let letters = word.prefix { !$0.isNumber }
                switch letters {
                case "r": received = UInt32(word.dropFirst(1))
                case "rb": receiveLimit = UInt32(word.dropFirst(2))
                case "d": dropCount = UInt64(word.dropFirst(1))
                case _: break
                }
            }
        }
    }

    /// The details in `text`.
    ///
    /// The control group is the last word that ss knows, and whoever may make groups chooses its
    /// name, so nothing else is read from there on.
    init(_ text: String) {
        guard let mark = Self.controlGroupMark(text) else {
            readHead(text)
            return
        }
        readHead(String(text[..<mark.lowerBound]))
        readTail(text[mark.upperBound...])
    }

    /// Where `cgroup:` stands, which is behind the owners where there are any.
    private static func controlGroupMark(_ text: String) -> Range<String.Index>? {
        let word = "cgroup:"
        if text.hasPrefix(word) {
            return text.startIndex..<text.utf8.index(text.startIndex, offsetBy: word.utf8.count)
        }
        guard let first = text.firstRange(of: " " + word) else { return nil }
        guard let owners = text.firstRange(of: "users:(("), owners.lowerBound < first.lowerBound,
            let end = text[owners.upperBound...].firstRange(of: "))")
        else { return first }
        return text[end.upperBound...].firstRange(of: " " + word)
    }

    /// Reads what stands before the control group.
    private mutating func readHead(_ text: String) {
        var rest = text[...]
        // Almost always they come first, and then they need no search.
        let opening = "users:(("
        let start =
            text.hasPrefix(opening)
            ? text.startIndex..<text.utf8.index(text.startIndex, offsetBy: opening.utf8.count)
            : text.firstRange(of: opening)
        if let start, let end = Self.lastTupleEnd(text, from: start.upperBound) {
            details.owners = owners(text[start.upperBound..<end])
            // What stands between the brackets is the process's own choice, so it is read no further.
            rest = text[..<start.lowerBound] + text[end...]
        }
        for word in rest.split(separator: " ") {
            if word.hasPrefix("uid:") {
                details.userID = UInt32(word.dropFirst(4))
            } else if word.hasPrefix("ino:") {
                details.inode = UInt64(word.dropFirst(4)).flatMap { $0 == 0 ? nil : $0 }
            } else if word.hasPrefix("skmem:(") {
                memory = Memory(word.dropFirst(7).prefix { $0 != ")" })
            } else if word.hasPrefix("v6only:") {
                isIPv6Only = word.hasSuffix("1")
            }
        }
    }

    /// Reads the path of the control group, and the few words that may follow it.
    ///
    /// A name with blanks, quotes or brackets may be made to look like those, and like more: it
    /// tells nothing.
    private mutating func readTail(_ text: Substring) {
        var path = text
        if let start = path.ranges(of: " skmem:(").last {
            memory = Memory(path[start.upperBound...].prefix { $0 != ")" })
            path = path[..<start.lowerBound]
        }
        if path.hasSuffix(" <->") { path = path.dropLast(4) }
        for (word, isOnly) in [(" v6only:1", true), (" v6only:0", false)]
        where path.hasSuffix(word) {
            isIPv6Only = isOnly
            path = path.dropLast(word.count)
        }
        while path.last == " " { path.removeLast() }
        guard !path.unicodeScalars.contains(where: { " \"'(){}[]<>".unicodeScalars.contains($0) })
        else { return }
        let group = ControlGroup(path: String(path))
        details.unit = group.unit
        details.container = group.container
    }

    /// Where the last `))` behind `start` begins.
    private static func lastTupleEnd(_ text: String, from start: String.Index) -> String.Index? {
        var end = text.utf8.endIndex
        while let last = text.utf8[start..<end].lastIndex(of: UInt8(ascii: ")")), last > start {
            let before = text.utf8.index(before: last)
            if text.utf8[before] == UInt8(ascii: ")") { return before }
            end = last
        }
        return nil
    }

    /// The owners in `"sshd",pid=53,fd=3),("sshd",pid=54,fd=3` and in `"sshd",53,3`.
    ///
    /// A process chooses its name, and ss does not escape it, so the numbers are read from the end.
    private mutating func owners(_ text: Substring) -> [ProcessIdentity] {
        var owners: [ProcessIdentity] = []
        let isOne = !text.utf8.contains(UInt8(ascii: "("))
        for tuple in isOne ? [text] : text.split(separator: "),(").prefix(200) {
            guard let (name, pid) = Self.named(tuple) ?? old(tuple), pid > 0,
                name.hasPrefix("\""), name.hasSuffix("\""), name.utf8.count >= 2
            else { continue }
            if !owners.contains(where: { $0.pid == pid }) {
                owners.append(ProcessIdentity(pid: pid, name: String(name.dropFirst().dropLast())))
            }
        }
        return owners
    }

    /// `"sshd",pid=53,fd=3`, with a security context or a thread in between.
    private static func named(_ tuple: Substring) -> (Substring, Int32)? {
        let mark = Array(",pid=".utf8)
        var end = tuple.utf8.endIndex
        while let comma = tuple.utf8[..<end].lastIndex(of: UInt8(ascii: ",")) {
            if tuple.utf8[comma...].starts(with: mark) {
                let digits = tuple.utf8[comma...].dropFirst(mark.count)
                    .prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
                return Int32(Substring(digits)).map { (tuple[..<comma], $0) }
            }
            end = comma
        }
        return nil
    }

    /// `"sshd",53,3`, as versions before 3.17 write.
    private mutating func old(_ tuple: Substring) -> (Substring, Int32)? {
        guard let last = tuple.lastIndex(of: ","),
            let first = tuple[..<last].lastIndex(of: ","),
            let pid = Int32(tuple[tuple.index(after: first)..<last])
        else { return nil }
        hasOldTuples = true
        return (tuple[..<first], pid)
    }
}

extension SocketDetails {
    /// Takes what `-m` says of a socket; what a listener of TCP has received is not its own.
    mutating func takeMemory(_ memory: SocketStatisticsDetails.Memory) {
        dropCount = memory.dropCount
        guard queue == nil, let used = buffer?.used ?? memory.received else { return }
        buffer = ReceiveBuffer(used: used, limit: memory.receiveLimit)
    }
}
