extension BinaryInteger {
    /// The number with a comma between thousands.
    var grouped: String {
        let digits = Array(String(self))
        return digits.enumerated().map { index, digit in
            let left = digits.count - index
            return (index > 0 && left % 3 == 0 ? "," : "") + String(digit)
        }.joined()
    }
}
