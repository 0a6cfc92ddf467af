"""Each line marked with `MISTAKE` is an error for mypy and for pyright, and no other line is."""

import candor
import crewai_telemetry as telemetry

pipeline = candor.Pipeline(telemetry.CATALOGUE, endpoint="http://127.0.0.1:1")

telemetry.tool_usage(pipeline, crewai_version="1", tool_name="x", attempts=1)
telemetry.tool_usage(pipeline, crewai_version="1", tool_nam="x", tool_name="x", attempts=1)  # MISTAKE unknown
telemetry.tool_usage(pipeline, crewai_version="1", tool_name=1, attempts=1)  # MISTAKE wrong type
telemetry.tool_usage(pipeline, crewai_version="1", attempts=1)  # MISTAKE missing required
telemetry.tool_usage("pipeline", crewai_version="1", tool_name="x", attempts=1)  # MISTAKE no emitter

process: telemetry.CrewProcess = "sequential"
wrong: telemetry.CrewProcess = "sequentia"  # MISTAKE no member

result: telemetry.TaskResult = {"id": "a", "opt_in": lambda: {"output": "o"}}
lacking: telemetry.TaskResult = {"opt_in": lambda: {"output": "o"}}  # MISTAKE missing required
among_the_defaults: telemetry.TaskResult = {"id": "a", "output": "o"}  # MISTAKE opt-in among the defaults
not_listed: telemetry.TaskResult = {"id": "a", "opt_in": lambda: {"outputs": "o"}}  # MISTAKE unknown
