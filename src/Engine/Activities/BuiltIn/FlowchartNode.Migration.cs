using System.Text.Json.Nodes;
using MonOPCO.Engine.Expressions;

namespace MonOPCO.Engine.Activities.BuiltIn;

internal sealed partial class FlowchartNode
{
    /// <summary>
    /// Moves what a running flowchart keeps (places of activities and connections) to another version of it: the same activity by its id, the same connection by
    /// its two ends and outcome. What has gone is dropped, unless a branch stands on it: that is a problem.
    /// </summary>
    internal JsonNode? Moved(FlowchartNode target, JsonNode saved, List<string> problems)
    {
        if (IsTokenBased != target.IsTokenBased)
        {
            problems.Add("Le mode d'exécution du schéma (jetons ou passages) a changé.");
            return null;
        }

        var array = saved.AsArray();
        var moved = new JsonArray(target.PlaceOf(_activities[Whole(array[0])].Id) is >= 0 and var start ? start : target._start);
        if (IsTokenBased)
        {
            for (var i = 1; i < array.Count; i += 2)
            {
                var (connection, flags) = (target.PlaceOf(this, _connections[Whole(array[i])]), Whole(array[i + 1]));
                if (connection >= 0)
                {
                    moved.Add((JsonNode)connection);
                    moved.Add((JsonNode)flags);
                }
                else if ((flags & 1) == 0)
                {
                    problems.Add($"Une branche attend sur la liaison {Named(_connections[Whole(array[i])])}, qui n'existe plus.");
                }
            }

            return moved;
        }

        var activities = new JsonArray();
        var visited = array[1]!.AsArray();
        for (var i = 0; i < visited.Count; i += 2)
        {
            if (target.PlaceOf(_activities[Whole(visited[i])].Id) is >= 0 and var place)
            {
                activities.Add((JsonNode)place);
                activities.Add(visited[i + 1]!.DeepClone());
            }
        }

        var connections = new JsonArray();
        var followed = array[2]!.AsArray();
        for (var i = 0; i < followed.Count; i += 3)
        {
            if (target.PlaceOf(this, _connections[Whole(followed[i])]) is >= 0 and var place)
            {
                connections.Add((JsonNode)place);
                connections.Add(followed[i + 1]!.DeepClone());
                connections.Add(followed[i + 2]!.DeepClone());
            }
        }

        moved.Add((JsonNode)activities);
        moved.Add((JsonNode)connections);
        return moved;
    }

    private int PlaceOf(string activityId) => Array.FindIndex(_activities, a => a.Id == activityId);

    private int PlaceOf(FlowchartNode other, Connection connection)
    {
        var (source, target) = (PlaceOf(other._activities[connection.Source].Id), PlaceOf(other._activities[connection.Target].Id));
        return source < 0 || target < 0 ? -1 : Array.IndexOf(_connections, new Connection(source, connection.Port, target));
    }

    private string Named(Connection connection) => $"« {_activities[connection.Source].Title} » → « {_activities[connection.Target].Title} »";

    private static int Whole(JsonNode? number) => (int)(LenientJson.ToInt64(number) ?? 0);
}
