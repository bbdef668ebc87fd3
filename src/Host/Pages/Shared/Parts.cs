using MonOPCO.Host.Infrastructure.TagHelpers;

namespace MonOPCO.Host.Pages.Shared;

/// <summary>For <c>_EmptyState</c>: what is empty, why, and the first thing to do.</summary>
public sealed record EmptyState(string Title, string Text, string Icon = "inbox", string? ActionLabel = null, string? ActionUrl = null);

/// <summary>For <c>_TaskCard</c>.</summary>
public sealed record TaskCard(string Title, string Url, string About, StatusLook? Deadline = null, string? Assignee = null, string? Instruction = null, string? Amount = null);

/// <summary>For <c>_Timeline</c>: what happened, who or what did it, when. <paramref name="ByMachine"/> marks the robot's work as such.</summary>
public sealed record TimelineItem(
    DateTimeOffset At, string Title, string By, bool ByMachine = false, string Tone = "neutral", string Icon = "circle-dashed", string? Text = null, IReadOnlyList<TimelineLink>? Links = null);

public sealed record TimelineLink(string Label, string Url, string Icon = "file-text");

/// <summary>For <c>_Steps</c>: <paramref name="Current"/> counts from 1.</summary>
public sealed record Steps(int Current, params string[] Labels);

/// <summary>For <c>_Pager</c>: the state of a list is its address; <paramref name="Url"/> makes the address of a page.</summary>
public sealed record Pager(int Page, int PageCount, long Total, string One, string Many, Func<int, string> Url);

/// <summary>For <c>_NextAction</c>.</summary>
public sealed record NextActionPanel(string Title, string Text, string Url, StatusLook? Deadline = null);
