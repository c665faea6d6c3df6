extension ProbeSteps {
    /// How many known endpoints are passed over at once, so that answers do not wait.
    private static let lookLimit = 16_384

    /// Takes steps up to the first whose endpoint is not `known`, and gives its index in `space`.
    ///
    /// Nil at the end; also after many known ones, and then `remaining` says that there is more.
    mutating func takeIndex(
        of space: ProbeSpace, in order: ProbeOrder, without known: EndpointSet
    ) -> UInt64? {
        for _ in 0..<Self.lookLimit {
            guard let step = take() else { return nil }
            let index = order.index(at: step)
            if known.isEmpty || !known.contains(space[index]) { return index }
        }
        return nil
    }
}
