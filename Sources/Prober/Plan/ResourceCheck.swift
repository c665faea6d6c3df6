/// Fits a plan to what this process may use, before anything is sent.
public enum ResourceCheck {
    /// Descriptors kept free for files, threads and the libraries.
    private static let reserve = 12

    /// `plan` with as many probes in flight as descriptors allow.
    ///
    /// The soft limit of descriptors is raised to the hard one first. When `isExact`, the plan's own
    /// number is what the user asked for, and it is an error when it cannot be had.
    ///
    /// - Throws: ``ScanError`` when too few descriptors may be open.
    public static func fit(_ plan: ScanPlan, isExact: Bool) throws(ScanError) -> ScanPlan {
        let limit = DescriptorLimit.raise()
        let available = limit - DescriptorLimit.openCount() - reserve
        var fitted = plan
        // Each worker needs a descriptor of its own and should have one to probe with.
        fitted.workers = max(1, min(plan.workers, available / 2))
        let possible = available - fitted.workers
        guard possible >= 1 else { throw .tooFewDescriptors(limit: limit) }
        if isExact, possible < plan.inFlight {
            throw .tooManyInFlight(plan.inFlight, limit: limit, possible: possible)
        }
        fitted.inFlight = min(plan.inFlight, possible)
        fitted.workers = min(fitted.workers, fitted.inFlight)
        return fitted
    }
}
