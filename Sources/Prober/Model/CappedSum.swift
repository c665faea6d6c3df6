extension UInt128 {
    /// The sum, or the greatest value when it would be more.
    package func addingCapped(_ other: UInt128) -> UInt128 {
        let (sum, isOver) = addingReportingOverflow(other)
        return isOver ? .max : sum
    }
}
