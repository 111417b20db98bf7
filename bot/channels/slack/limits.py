"""What Slack takes: how fast, and how much in one call.

https://docs.slack.dev/apis/web-api/rate-limits (one message a second in a conversation, several hundred a minute in a
workspace) and https://docs.slack.dev/reference/methods/chat.update (4,000 characters of text)
"""

from bot.channels.rate_limit import ChannelLimits

# Four a second are 240 a minute, well below "several hundred". In a conversation 20 a minute: Slack bears short bursts.
LIMITS = ChannelLimits("Slack", per_second=4, in_conversation=((1, 1.0), (20, 60.0)))
MAX_ANSWER_BYTES = 4 * 1024 * 1024  # a page of 200 people has some 400 kB
