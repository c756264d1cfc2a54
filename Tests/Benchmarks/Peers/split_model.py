"""A split problem in the format alloc-instance/1 as a mixed-integer program.

Made for solvers in general, and in integers only: `Program` holds variables,
rows and one objective; `model` fills it. Written against the description of
the format and sharing nothing with the solver that it is compared with.
"""


class Program:
    """Variables, rows and what is made least."""

    def __init__(self):
        self.lower, self.upper, self.cost, self.is_integer = [], [], [], []
        self.rows = []
        self.constant = 0

    def variable(self, upper, cost=0, lower=0, is_integer=True):
        self.lower.append(lower)
        self.upper.append(max(lower, upper))
        self.cost.append(cost)
        self.is_integer.append(is_integer)
        return len(self.lower) - 1

    def row(self, lower, upper, terms):
        """lower <= sum of coefficient * variable <= upper; None is no limit."""
        self.rows.append((lower, upper, terms))


class Split:
    """The program of one instance, with what its plan is read from."""

    def __init__(self, instance, stage="weighted", most_short=None, most_late=None):
        """`stage`: what is made least; "short", "late" and "cost" are for a lexicographic order."""
        self.instance, self.stage = instance, stage
        self.counts_money = stage in ("weighted", "cost")
        self.program = Program()
        # (line, warehouse, service) -> units; line -> variables that ship it.
        self.units, self.units_of_line = {}, [[] for _ in instance["lines"]]
        self.short, self.late, self.shipments, self.sites = [], [], [], {}
        self.taken = [[] for _ in instance["lines"]]
        self.lots = [self.lot_choice(index) for index in range(len(instance["lines"]))]
        policy = instance["policy"]
        forbidden = set(policy.get("forbidden") or [])
        for index, site in enumerate(instance["warehouses"]):
            if index not in forbidden:
                self.add_site(index, site)
        for index, line in enumerate(instance["lines"]):
            self.add_line(index, line)
        self.add_policy(policy)
        if most_short is not None:
            self.program.row(None, most_short, self.short)
        if most_late is not None:
            self.program.row(None, most_late, self.late)
        if stage == "late":
            for variable, factor in self.late:
                self.program.cost[variable] += factor

    def money(self, cost):
        return cost if self.counts_money else 0

    def lot_choice(self, index):
        line, program = self.instance["lines"][index], self.program
        if not line["lot"]:
            return None
        names = sorted(
            {
                name
                for site in self.instance["warehouses"]
                for entry in site["stock"]
                if entry["line"] == index
                for name, _ in entry.get("lots") or []
            },
            key=str,
        )
        choice = {name: program.variable(1) for name in names}
        if choice:
            program.row(None, 1, [(variable, 1) for variable in choice.values()])
        return choice

    def own(self, entry, key):
        """A site's own record of a line, or the line's."""
        value = entry.get(key)
        return self.instance["lines"][entry["line"]][key] if value is None else value

    def available(self, entry):
        held = sum(quantity for quantity, _ in entry["tiers"])
        return min(held, self.instance["lines"][entry["line"]]["qty"])

    def add_site(self, index, site):
        program, policy = self.program, self.instance["policy"]
        reluctance = dict(map(tuple, policy.get("preferences") or [])).get(index, 0)
        used = program.variable(1, self.money(site["fixed"] + reluctance))
        self.sites[index] = used
        units_of_entry = [[] for _ in site["stock"]]
        for number, service in enumerate(site["services"]):
            blocked = set(service["blocked"])
            groups = {}
            for place, entry in enumerate(site["stock"]):
                if entry["line"] not in blocked and self.available(entry) > 0:
                    groups.setdefault(self.own(entry, "group"), []).append(place)
            for places in groups.values():
                self.add_shipment(index, number, places, units_of_entry, used)
        for place, entry in enumerate(site["stock"]):
            if units_of_entry[place]:
                self.add_pile(entry, units_of_entry[place], used)
        all_units = [(unit, 1) for units in units_of_entry for unit in units]
        if index in (policy.get("forced") or []):
            program.row(1, None, all_units)

    def add_shipment(self, index, number, places, units_of_entry, used):
        program, site = self.program, self.instance["warehouses"][index]
        service = site["services"][number]
        late = dict(map(tuple, service["late"]))
        leaves = program.variable(1, self.money(service["handling"]))
        self.shipments.append((leaves, 1))
        program.row(None, 0, [(leaves, 1), (used, -1)])
        riding = []
        for place in places:
            entry = site["stock"][place]
            line, most = entry["line"], self.available(entry)
            multiple = entry.get("multiple") or 1
            unit = program.variable(most // multiple * multiple)
            if self.stage == "weighted" and line in late:
                program.cost[unit] += late[line]
            if multiple > 1:
                boxes = program.variable(most // multiple)
                program.row(0, 0, [(unit, 1), (boxes, -multiple)])
            if line in late:
                self.late.append((unit, 1))
            program.row(None, 0, [(unit, 1), (leaves, -program.upper[unit])])
            self.units[(line, index, number)] = unit
            self.units_of_line[line].append(unit)
            units_of_entry[place].append(unit)
            riding.append((entry, unit))
        add = {
            "parcel": self.add_parcel,
            "parcelTable": self.add_table,
            "ltl": self.add_ltl,
            "ftl": self.add_ftl,
        }
        add[service["tariff"]["kind"]](service["tariff"], riding, leaves)

    def load(self, riding, key):
        terms = [(unit, self.own(entry, key)) for entry, unit in riding]
        most = sum(weight * self.program.upper[unit] for unit, weight in terms)
        return terms, most

    def add_parcel(self, tariff, riding, leaves):
        terms, most = self.load(riding, "dim")
        self.add_packages(terms, most, leaves, tariff["cap"], tariff["maxPackages"], tariff["base"])
        for unit, weight in terms:
            self.program.cost[unit] += self.money(tariff["rate"] * weight)

    def add_ftl(self, tariff, riding, leaves):
        terms, most = self.load(riding, "weight")
        self.add_packages(terms, most, leaves, tariff["capacity"], tariff["maxTrucks"], tariff["flat"])

    def add_packages(self, terms, most, leaves, capacity, maximum, price):
        program = self.program
        packages = program.variable(min(maximum, -(-most // capacity)), self.money(price))
        program.row(None, 0, terms + [(packages, -capacity)])
        if all(weight > 0 for _, weight in terms):
            program.row(None, 0, [(leaves, 1), (packages, -1)])

    def add_table(self, tariff, riding, leaves):
        program = self.program
        terms, most = self.load(riding, "dim")
        capacity, last = tariff["steps"][-1]
        full = program.variable(min(tariff["maxPackages"], most // capacity), self.money(last))
        rest = [program.variable(1, self.money(charge)) for _, charge in tariff["steps"]]
        program.row(None, 1, [(step, 1) for step in rest])
        program.row(None, tariff["maxPackages"], [(full, 1)] + [(step, 1) for step in rest])
        limits = [(step, -weight) for step, (weight, _) in zip(rest, tariff["steps"])]
        program.row(None, 0, terms + [(full, -capacity)] + limits)

    def add_ltl(self, tariff, riding, leaves):
        program = self.program
        terms, most = self.load(riding, "weight")
        if most > tariff["maxWeight"]:
            program.row(None, 0, terms + [(leaves, -tariff["maxWeight"])])
        if not self.counts_money:
            return
        program.cost[leaves] += tariff["accessorial"]
        by_class = {}
        for entry, unit in riding:
            by_class.setdefault(str(self.own(entry, "class")), []).append(
                (unit, self.own(entry, "weight"))
            )
        billed = {name: [] for name in by_class}
        chosen = []
        for step in tariff["breaks"]:
            is_chosen = program.variable(1)
            chosen.append(is_chosen)
            minimum, deficit = tariff["minCharge"], step["deficit"] * step["from"]
            # What comes on top of the rates: up to the minimum charge, and for the weight short.
            top = program.variable(minimum + deficit, 1, is_integer=False)
            by_rate, by_weight = [(top, 1)], [(top, 1)]
            for name, units in by_class.items():
                heaviest = min(
                    sum(weight * program.upper[unit] for unit, weight in units),
                    tariff["maxWeight"],
                )
                rate = step["rates"][name]
                weight = program.variable(heaviest, rate, is_integer=False)
                billed[name].append(weight)
                program.row(None, 0, [(weight, 1), (is_chosen, -heaviest)])
                by_rate.append((weight, rate))
                by_weight.append((weight, step["deficit"]))
            program.row(0, None, by_rate + [(is_chosen, -minimum)])
            if deficit > 0:
                program.row(0, None, by_weight + [(is_chosen, -deficit)])
        program.row(0, 0, [(is_chosen, 1) for is_chosen in chosen] + [(leaves, -1)])
        for name, units in by_class.items():
            program.row(
                0,
                0,
                [(weight, 1) for weight in billed[name]]
                + [(unit, -weight) for unit, weight in units],
            )

    def add_pile(self, entry, units, used):
        program, line = self.program, self.instance["lines"][entry["line"]]
        most = self.available(entry)
        total = [(unit, 1) for unit in units]
        program.row(None, 0, total + [(used, -most)])
        self.add_tiers(entry, total, most)
        if entry["pick"] > 0 or line["noSplit"] or line["minQty"] > 1:
            taken = program.variable(1, self.money(entry["pick"]))
            self.taken[entry["line"]].append((taken, 1))
            program.row(None, 0, total + [(taken, -most)])
            program.row(None, 0, [(taken, 1), (used, -1)])
            if line["minQty"] > 1:
                program.row(0, None, total + [(taken, -line["minQty"])])
        choice = self.lots[entry["line"]]
        if choice is not None:
            held = [(choice[name], -min(units, most)) for name, units in entry.get("lots") or []]
            program.row(None, 0, total + held)

    def add_tiers(self, entry, total, most):
        """Units come from the tiers in order; where later ones are cheaper that must be said."""
        program, tiers = self.program, entry["tiers"]
        if all(cost == 0 for _, cost in tiers):
            program.row(None, most, total)
            return
        parts = [program.variable(quantity, self.money(cost)) for quantity, cost in tiers]
        program.row(0, 0, total + [(part, -1) for part in parts])
        costs = [cost for _, cost in tiers]
        if costs == sorted(costs) and self.counts_money:
            return
        for place in range(1, len(tiers)):
            is_reached = program.variable(1)
            program.row(None, 0, [(parts[place], 1), (is_reached, -tiers[place][0])])
            program.row(0, None, [(parts[place - 1], 1), (is_reached, -tiers[place - 1][0])])

    def add_line(self, index, line):
        program, quantity = self.program, line["qty"]
        shipped = [(unit, 1) for unit in self.units_of_line[index]]
        if line["noSplit"] and self.taken[index]:
            program.row(None, 1, self.taken[index])
        prices = {"weighted": line["backorder"], "short": 1}
        price = prices.get(self.stage, 0)
        completeness = self.instance["policy"]["completeness"]
        if completeness == "complete":
            program.row(quantity, quantity, shipped)
        elif completeness == "lineComplete":
            is_left = program.variable(1, price * quantity)
            self.short.append((is_left, quantity))
            program.row(quantity, quantity, shipped + [(is_left, quantity)])
        else:
            short = program.variable(quantity, price)
            self.short.append((short, 1))
            program.row(quantity, quantity, shipped + [(short, 1)])

    def add_policy(self, policy):
        if policy.get("maxWarehouses") is not None:
            used = [(used, 1) for used in self.sites.values()]
            self.program.row(None, policy["maxWarehouses"], used)
        if policy.get("maxShipments") is not None:
            self.program.row(None, policy["maxShipments"], self.shipments)

    def plan(self, values):
        """[line, warehouse, service, quantity] of everything that ships."""
        rounded = {key: int(round(values[unit])) for key, unit in self.units.items()}
        return [[*key, units] for key, units in sorted(rounded.items()) if units > 0]
