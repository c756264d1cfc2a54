import AllocationModel
import AllocationProtocol

/// What the parts of a message leave to its outermost level, while it is written.
struct EncodingContext {
    /// The coordinator that need not be repeated; the first one named, unless the message has one.
    private(set) var coordinator: Coordinator.ID?
    /// The warehouse that need not be repeated.
    let warehouse: Warehouse.ID?
    /// Each tariff once, in order of first use.
    private(set) var tariffs: [Tariff] = []
    private var indices: [Tariff: Int] = [:]

    init(coordinator: Coordinator.ID? = nil, warehouse: Warehouse.ID? = nil) {
        self.coordinator = coordinator
        self.warehouse = warehouse
    }

    /// Returns the coordinator's name as a transaction has to give it.
    mutating func name(of coordinator: Coordinator.ID) -> String {
        if self.coordinator == nil { self.coordinator = coordinator }
        return self.coordinator == coordinator ? "" : coordinator.rawValue
    }

    /// Returns the warehouse's name as a bid has to give it.
    func name(of warehouse: Warehouse.ID) -> String {
        self.warehouse == warehouse ? "" : warehouse.rawValue
    }

    /// Returns the index of `tariff`, which is added if it is new.
    mutating func index(of tariff: Tariff) -> Int {
        if let index = indices[tariff] { return index }
        indices[tariff] = tariffs.count
        tariffs.append(tariff)
        return tariffs.count - 1
    }
}

/// What the parts of a message need of its outermost level, while it is read.
struct DecodingContext {
    var coordinator: Coordinator.ID?
    var warehouse: Warehouse.ID?
    var tariffs: [Tariff] = []

    /// Reads the name of a transaction's coordinator.
    func coordinator(_ text: String) throws(DecodingFault) -> Coordinator.ID {
        if !text.isEmpty { return try Check.name(text, "coordinator") }
        guard let coordinator else { throw .missing("coordinator") }
        return coordinator
    }

    /// Reads the name of a bid's warehouse.
    func warehouse(_ text: String) throws(DecodingFault) -> Warehouse.ID {
        if !text.isEmpty { return try Check.name(text, "warehouse") }
        guard let warehouse else { throw .missing("warehouse") }
        return warehouse
    }

    /// Looks up a service's tariff.
    func tariff(_ index: Int32) throws(DecodingFault) -> Tariff {
        guard tariffs.indices.contains(Int(index)) else {
            throw .unlawful(
                field: "tariff",
                why: "is \(index); the message has \(tariffs.count) tariffs"
            )
        }
        return tariffs[Int(index)]
    }
}
