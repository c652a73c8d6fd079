using System.Text;

namespace StreamEdge;

public class InternerTests
{
    [Fact]
    public void Texts_are_numbered_in_the_order_they_are_met()
    {
        var random = new Random(5);
        var interner = new Interner(100_000);
        var expected = new Dictionary<string, int>();
        for (var round = 0; round < 50_000; round++)
        {
            var text = new string('a', random.Next(20)) + random.Next(10_000);
            expected.TryAdd(text, expected.Count);

            Assert.Equal(expected[text], interner.Add(Encoding.UTF8.GetBytes(text)));
        }

        foreach (var (text, number) in expected)
        {
            Assert.Equal(number, interner.Find(Encoding.UTF8.GetBytes(text)));
            Assert.Equal(text, Encoding.UTF8.GetString(interner[number]));
        }

        Assert.Equal(expected.Count, interner.Count);
    }

    [Fact]
    public void A_full_table_knows_its_texts_and_takes_no_more()
    {
        var interner = new Interner(2);

        Assert.Equal([0, 1, -1, 1, -1], new[] { "a", "b", "c", "b", "" }.Select(t => interner.Add(Encoding.UTF8.GetBytes(t))));
        Assert.Equal(-1, interner.Find("c"u8));
    }
}
