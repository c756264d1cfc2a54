#!/usr/bin/env python3
"""Solves split problems with HiGHS or CP-SAT, one thread, for comparison.

    peer.py highs|cpsat SECONDS GAP FILE...

GAP is the part of the cost that a plan may be off and still count as proved.
Prints one line of JSON for each file, and nothing else that begins with a brace: "status" is "optimal", "infeasible",
"feasible" or "unknown", "bound" in money, "seconds" of the solver alone
without the time to build the model, and "plan" as rows of line, warehouse,
service and quantity. Exit status 69 says that the solver is not installed.
"""
import json
import math
import sys
import time

from split_model import Split

NOT_INSTALLED = 69
# HiGHS works in doubles; money in hundreds of its unit keeps them in their best range.
HIGHS_SCALE = 0.01


def solve_with_highs(split, seconds, gap):
    import highspy
    import numpy

    program = split.program
    solver = highspy.Highs()
    settings = {
        "output_flag": False,
        "threads": 1,
        "parallel": "off",
        "time_limit": float(seconds),
        "mip_rel_gap": gap,
        # Costs are whole numbers: less than one apart is equal.
        "mip_abs_gap": 0.5 * HIGHS_SCALE,
    }
    for name, value in settings.items():
        solver.setOptionValue(name, value)
    infinity = highspy.kHighsInf
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(program.lower), len(program.rows)
    model.col_cost_ = numpy.array(program.cost, dtype=float) * HIGHS_SCALE
    model.col_lower_ = numpy.array(program.lower, dtype=float)
    model.col_upper_ = numpy.array(program.upper, dtype=float)
    model.row_lower_ = numpy.array(
        [-infinity if low is None else low for low, _, _ in program.rows], dtype=float
    )
    model.row_upper_ = numpy.array(
        [infinity if high is None else high for _, high, _ in program.rows], dtype=float
    )
    starts, columns, values = [0], [], []
    for _, _, terms in program.rows:
        columns += [variable for variable, _ in terms]
        values += [float(factor) for _, factor in terms]
        starts.append(len(columns))
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = numpy.array(starts, dtype=numpy.int32)
    model.a_matrix_.index_ = numpy.array(columns, dtype=numpy.int32)
    model.a_matrix_.value_ = numpy.array(values, dtype=float)
    model.integrality_ = [
        highspy.HighsVarType.kInteger if one else highspy.HighsVarType.kContinuous
        for one in program.is_integer
    ]
    solver.passModel(model)
    start = time.perf_counter()
    solver.run()
    elapsed = time.perf_counter() - start
    state, found = solver.getModelStatus(), solver.getInfo()
    if state in (
        highspy.HighsModelStatus.kInfeasible,
        highspy.HighsModelStatus.kUnboundedOrInfeasible,
    ):
        return "infeasible", elapsed, None, None, None
    bound = found.mip_dual_bound / HIGHS_SCALE + program.constant
    bound = bound if math.isfinite(bound) else None
    if found.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return "unknown", elapsed, None, bound, None
    status = "optimal" if state == highspy.HighsModelStatus.kOptimal else "feasible"
    cost = found.objective_function_value / HIGHS_SCALE + program.constant
    return status, elapsed, cost, bound, list(solver.getSolution().col_value)


def solve_with_cpsat(split, seconds, gap):
    from ortools.sat.python import cp_model

    program, model = split.program, cp_model.CpModel()
    variables = [
        model.new_int_var(int(low), int(high), "")
        for low, high in zip(program.lower, program.upper)
    ]
    for low, high, terms in program.rows:
        total = cp_model.LinearExpr.weighted_sum(
            [variables[variable] for variable, _ in terms], [factor for _, factor in terms]
        )
        if low is not None and low == high:
            model.add(total == low)
            continue
        if low is not None:
            model.add(total >= low)
        if high is not None:
            model.add(total <= high)
    priced = [index for index, cost in enumerate(program.cost) if cost]
    model.minimize(
        cp_model.LinearExpr.weighted_sum(
            [variables[index] for index in priced], [program.cost[index] for index in priced]
        )
    )
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 0
    solver.parameters.max_time_in_seconds = float(seconds)
    solver.parameters.relative_gap_limit = gap
    start = time.perf_counter()
    state = solver.solve(model)
    elapsed = time.perf_counter() - start
    if state == cp_model.INFEASIBLE:
        return "infeasible", elapsed, None, None, None
    if state not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return "unknown", elapsed, None, None, None
    status = "optimal" if state == cp_model.OPTIMAL else "feasible"
    return (
        status,
        elapsed,
        solver.objective_value + program.constant,
        solver.best_objective_bound + program.constant,
        [solver.value(variable) for variable in variables],
    )


def solve(instance, solver, seconds, gap):
    """Returns the answer; a lexicographic order is solved in three steps, one after another."""
    if instance["policy"]["objective"] != "lex":
        split = Split(instance)
        return answer(split, *solver(split, seconds, gap))
    spent, limits = 0.0, {}
    for stage, limit in (("short", "most_short"), ("late", "most_late")):
        if stage == "short" and instance["policy"]["completeness"] == "complete":
            continue
        split = Split(instance, stage, **limits)
        status, elapsed, units, _, values = solver(split, seconds - spent, 0.0)
        spent += elapsed
        if status != "optimal" or seconds <= spent:
            # Without these units nothing is known of the cost.
            result = answer(split, status, spent, units, None, values)
            return result if status != "optimal" else {**result, "status": "feasible"}
        limits[limit] = int(round(units))
    split = Split(instance, "cost", **limits)
    status, elapsed, cost, bound, values = solver(split, seconds - spent, gap)
    return answer(split, status, spent + elapsed, cost, bound, values)


def answer(split, status, seconds, cost, bound, values):
    # Rounded against the peer, by no more than doubles can be off.
    tolerance = 1e-6
    return {
        "status": status,
        "seconds": seconds,
        "bound": None if bound is None else math.ceil(bound - tolerance * max(1, abs(bound))),
        "plan": None if values is None else split.plan(values),
    }


def main():
    name, seconds, gap, files = sys.argv[1], float(sys.argv[2]), float(sys.argv[3]), sys.argv[4:]
    solver = {"highs": solve_with_highs, "cpsat": solve_with_cpsat}[name]
    try:
        if name == "highs":
            import highspy  # noqa: F401
        else:
            from ortools.sat.python import cp_model  # noqa: F401
    except ImportError as error:
        print(error, file=sys.stderr)
        sys.exit(NOT_INSTALLED)
    for path in files:
        with open(path) as file:
            instance = json.load(file)
        print(json.dumps({"file": path, **solve(instance, solver, seconds, gap)}), flush=True)


if __name__ == "__main__":
    main()
