using MonOPCO.Engine.Definitions;
using MonOPCO.Engine.Execution;

namespace MonOPCO.Engine.Storage;

/// <summary>One burst: <see cref="Interpreter.RunAsync"/>, or a hand-written step in tests of the runtime.</summary>
public delegate Task<BurstResult> BurstStep(CompiledDefinition definition, WorkflowInstance instance, IReadOnlyList<InstanceMessage> messages, IBurstScope scope, DateTimeOffset now, CancellationToken cancellationToken);

/// <summary>What the runtime executes: how a stored version becomes a program, how a burst of it runs, and what starts it.</summary>
public sealed class WorkflowProgram(Func<DefinitionVersion, CompiledDefinition> compile, BurstStep run)
{
    /// <summary>Throws with all problems when the version cannot be run.</summary>
    public Func<DefinitionVersion, CompiledDefinition> Compile { get; } = compile;

    public BurstStep Run { get; } = run;

    /// <summary>Start activities that wait for a stimulus; their <see cref="WorkflowTrigger"/> rows are written when the version is published.</summary>
    public Func<CompiledDefinition, IReadOnlyList<WorkflowTrigger>> Triggers { get; init; } = _ => [];
}
