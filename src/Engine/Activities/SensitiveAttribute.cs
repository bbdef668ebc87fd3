namespace MonOPCO.Engine.Activities;

/// <summary>Marks an input whose value never reaches the journal.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class SensitiveAttribute : Attribute;
