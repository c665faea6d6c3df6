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
        init(_ text: ArraySlice<UInt8>) {
            for word in text.split(separator: UInt8(ascii: ",")).prefix(20) {
                let letters = word.prefix { !(0x30...0x39).contains($0) }
                let digits = word.dropFirst(letters.count)
                switch letters.text {
                case "r": received = digits.number(as: UInt32.self)
                case "rb": receiveLimit = digits.number(as: UInt32.self)
                case "d": dropCount = digits.number(as: UInt64.self)
                case _: break
                }
            }
        }

        /// The numbers behind the bracket that opens them.
        init(behindBracket text: ArraySlice<UInt8>) {
            self.init(text.prefix { $0 != UInt8(ascii: ")") })
        }
    }

    /// The details in `text`.
    ///
    /// The control group is the last word that ss knows, and whoever may make groups chooses its
    /// name, so nothing else is read from there on.
    init(_ text: ArraySlice<UInt8>) {
        if let mark = Self.controlGroupMark(text) {
            readHead(text[..<mark.lowerBound])
            readTail(text[mark.upperBound...])
        } else {
            readHead(text)
        }
    }

    /// Where `cgroup:` stands, which is behind the owners where there are any.
    private static func controlGroupMark(_ text: ArraySlice<UInt8>) -> Range<Int>? {
        if text.hasPrefix("cgroup:") {
            return text.startIndex..<(text.startIndex + "cgroup:".utf8.count)
        }
        guard let first = text.firstRange(of: " cgroup:") else { return nil }
        guard let owners = text.firstRange(of: "users:(("), owners.lowerBound < first.lowerBound,
            let end = text[owners.upperBound...].firstRange(of: "))")
        else { return first }
        return text[end.upperBound...].firstRange(of: " cgroup:")
    }

    /// Reads what stands before the control group.
    private mutating func readHead(_ text: ArraySlice<UInt8>) {
        var rest = text
        if let start = text.firstRange(of: "users:(("),
            let end = text[start.upperBound...].lastRange(of: "))")
        {
            details.owners = owners(text[start.upperBound..<end.lowerBound])
            // What stands between the brackets is the process's own choice, so it is read no further.
            rest = text[end.lowerBound...]
            if start.lowerBound > text.startIndex { rest = text[..<start.lowerBound] + rest }
        }
        for word in rest.split(separator: UInt8(ascii: " ")) {
            if word.hasPrefix("uid:") {
                details.userID = word.dropFirst(4).number(as: UInt32.self)
            } else if word.hasPrefix("ino:") {
                let inode = word.dropFirst(4).number(as: UInt64.self)
                details.inode = inode == 0 ? nil : inode
            } else if word.hasPrefix("skmem:(") {
                memory = Memory(behindBracket: word.dropFirst(7))
            } else if word.hasPrefix("v6only:") {
                isIPv6Only = word.last == UInt8(ascii: "1")
            }
        }
    }

    /// Reads the path of the control group, and the few words that may follow it.
    ///
    /// A name with blanks, quotes or brackets may be made to look like those, and like more: it
    /// tells nothing.
    private mutating func readTail(_ text: ArraySlice<UInt8>) {
        var path = text
        if let start = path.lastRange(of: " skmem:(") {
            memory = Memory(behindBracket: path[start.upperBound...])
            path = path[..<start.lowerBound]
        }
        if path.hasSuffix(" <->") { path = path.dropLast(4) }
        for isOnly in [true, false] where path.hasSuffix(isOnly ? " v6only:1" : " v6only:0") {
            isIPv6Only = isOnly
            path = path.dropLast(" v6only:1".utf8.count)
        }
        while path.last == UInt8(ascii: " ") { path.removeLast() }
        guard !path.contains(where: Self.deceptive.contains) else { return }
        let group = ControlGroup(path: path.text)
        details.unit = group.unit
        details.container = group.container
    }

    private static let deceptive = Array(" \"'(){}[]<>".utf8)

    /// The owners in `"sshd",pid=53,fd=3),("sshd",pid=54,fd=3` and in `"sshd",53,3`.
    ///
    /// A process chooses its name, and ss does not escape it, so the numbers are read from the end.
    private mutating func owners(_ text: ArraySlice<UInt8>) -> [ProcessIdentity] {
        var owners: [ProcessIdentity] = []
        var rest = text
        var count = 0
        while !rest.isEmpty, count < 200 {
            let end = rest.firstRange(of: "),(") ?? rest.endIndex..<rest.endIndex
            let tuple = rest[..<end.lowerBound]
            rest = rest[end.upperBound...]
            guard !tuple.isEmpty else { continue }
            count += 1
            guard let (name, pid) = Self.named(tuple) ?? old(tuple), pid > 0, name.count >= 2,
                name.first == UInt8(ascii: "\""), name.last == UInt8(ascii: "\"")
            else { continue }
            if !owners.contains(where: { $0.pid == pid }) {
                owners.append(ProcessIdentity(pid: pid, name: name.dropFirst().dropLast().text))
            }
        }
        return owners
    }

    /// `"sshd",pid=53,fd=3`, with a security context or a thread in between.
    private static func named(_ tuple: ArraySlice<UInt8>) -> (ArraySlice<UInt8>, Int32)? {
        guard let mark = tuple.lastRange(of: ",pid=") else { return nil }
        let digits = tuple[mark.upperBound...].prefix { (0x30...0x39).contains($0) }
        return digits.number(as: Int32.self).map { (tuple[..<mark.lowerBound], $0) }
    }

    /// `"sshd",53,3`, as versions before 3.17 write.
    private mutating func old(_ tuple: ArraySlice<UInt8>) -> (ArraySlice<UInt8>, Int32)? {
        let comma = UInt8(ascii: ",")
        guard let last = tuple.lastIndex(of: comma),
            let first = tuple[..<last].lastIndex(of: comma),
            let pid = tuple[(first + 1)..<last].number(as: Int32.self)
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
