namespace StreamEdge;

/// <summary>Has the first messages that cannot be used said in the log, with topic and why: three for a reason. All of them are counted elsewhere.</summary>
sealed class MqttRefusals(Action<string> say)
{
    const int MostMessages = 3;

    readonly Dictionary<string, int> _told = new(StringComparer.Ordinal);

    /// <summary>Tells a message, if it is one of the first for its reason.</summary>
    /// <param name="reason">The reason as it is counted.</param>
    /// <param name="topic">Its topic.</param>
    /// <param name="why">What is wrong with it, as a clause.</param>
    /// <param name="message">The message.</param>
    public void Message(string reason, ReadOnlySpan<byte> topic, string why, ReadOnlySpan<byte> message)
    {
        var told = _told.GetValueOrDefault(reason);
        if (told == MostMessages) return;
        _told[reason] = ++told;
        say($"drops a message of {FileRefusals.Shown(topic)} as {reason}, {why}: {FileRefusals.Shown(message)}{(told == MostMessages ? "; more of them are only counted" : "")}");
    }

    /// <summary>Tells the name of a signal that the pipeline does not declare.</summary>
    public void Undeclared(string name, ReadOnlySpan<byte> topic) => say($"drops the undeclared signal {Visible.Quote(name)}, first of {FileRefusals.Shown(topic)}");
}
