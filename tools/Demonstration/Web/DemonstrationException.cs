namespace MonOPCO.Demonstration.Web;

/// <summary>What a person would say when a page does not let them go on; the sentence is shown as it is.</summary>
public sealed class DemonstrationException(string message) : Exception(message);
