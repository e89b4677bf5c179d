"""A page hears of every change, whenever it asks."""

import asyncio
from contextlib import aclosing

from hypothesis import given
from hypothesis import strategies as st

from colonnade.app.visitors.events import Event, Events


def data(one: str, value: int = 0) -> dict[str, object]:
    return {"id": one, "value": value}


def test_only_the_last_change_of_each_is_told() -> None:
    events = Events()
    events.publish("job", data("a", 1))
    events.publish("file", data("b", 2))
    events.publish("job", data("a", 3))
    assert events.since(0) == [Event(2, "file", data("b", 2)), Event(3, "job", data("a", 3))]
    assert events.since(2) == [Event(3, "job", data("a", 3))]
    assert events.since(3) == []


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.integers()), max_size=30), st.data())
def test_who_asks_in_between_knows_the_same_at_the_end(
    changes: list[tuple[str, int]], draw: st.DataObject
) -> None:
    events, seen, seq = Events(), {}, 0
    for one, value in changes:
        events.publish("job", data(one, value))
        if draw.draw(st.booleans()):
            for event in events.since(seq):
                seen[event.data["id"]], seq = event.data["value"], event.seq
    for event in events.since(seq):
        seen[event.data["id"]] = event.data["value"]
    assert seen == dict(changes)


def test_who_follows_hears_what_was_what_comes_and_a_heartbeat_between() -> None:
    async def follow() -> list[object]:
        events, heard = Events(), []
        events.publish("job", data("a", 1))
        async with aclosing(events.follow(0, heartbeat=0.01)) as changes:
            async for event in changes:
                heard.append(event and event.data["value"])
                if event is None and len(heard) == 2:
                    events.publish("job", data("a", 2))
                if heard[-1] == 2:
                    events.close()
        return heard

    assert asyncio.run(follow()) == [1, None, 2]


def test_closing_lets_everyone_go() -> None:
    async def follow() -> int:
        events = Events()

        async def one() -> int:
            return len([event async for event in events.follow(0, heartbeat=60)])

        tasks = [asyncio.create_task(one()) for _ in range(3)]
        await asyncio.sleep(0)
        events.close()
        return sum([await task for task in tasks])

    assert asyncio.run(follow()) == 0
