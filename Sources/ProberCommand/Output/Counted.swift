extension BinaryInteger {
    /// The number and what it counts: `1 port`, `2 ports`, `2 addresses`.
    func counted(_ one: String, _ many: String? = nil) -> String {
        "\(self) \(self == 1 ? one : many ?? one + "s")"
    }
}
