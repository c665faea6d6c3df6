extension Reconciliation.Scan {
    /// When the scan began, as `2026-01-02T03:04:05` in UTC; nil where its file has no such time.
    ///
    /// A scan file may come from anywhere, and readers of SARIF and JUnit's XML refuse other text.
    var startTime: String? {
        let bytes = Array(started.utf8)
        guard bytes.count == 20, bytes[10] == UInt8(ascii: "T"), bytes[19] == UInt8(ascii: "Z"),
            CalendarDay(String(decoding: bytes[..<10], as: UTF8.self)) != nil
        else { return nil }
        let parts = bytes[11..<19].split(
            separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        let isTime =
            parts.count == 3
            && zip(parts, [23, 59, 59]).allSatisfy { digits, highest in
                digits.count == 2 && digits.allSatisfy { (0x30...0x39).contains($0) }
                    && Int(String(decoding: digits, as: UTF8.self)).map { $0 <= highest } == true
            }
        return isTime ? String(decoding: bytes[..<19], as: UTF8.self) : nil
    }
}
