extension Duration {
    /// Milliseconds with as many decimals as tell something.
    var inMilliseconds: String { decimal(seconds * 1000) }

    /// Seconds with as many decimals as tell something.
    var inSeconds: String { decimal(seconds) }

    /// The length in seconds.
    var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }

    private func decimal(_ value: Double) -> String {
        let decimals = value < 1 ? 1000.0 : value < 100 ? 10 : 1
        let rounded = (value * decimals).rounded() / decimals
        return decimals == 1 ? "\(Int(rounded))" : "\(rounded)"
    }
}
