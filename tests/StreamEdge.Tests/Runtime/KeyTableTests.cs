namespace StreamEdge;

public class KeyTableTests
{
    [Fact]
    public void Devices_stay_apart_whatever_letters_their_tags_hold()
    {
        var keys = new KeyTable(["line", "machine"], signals: 1);

        int[] devices = [keys.Device("a\u001fb", "c"), keys.Device("a", "b\u001fc"), keys.Device("1:a", "b"), keys.Device("1", "a,b"), keys.Device("a\u001fb", "c")];

        Assert.Equal([0, 1, 2, 3, 0], devices);
        Assert.Equal(["a", "b\u001fc"], keys.Tags(1).ToArray());
    }
}
