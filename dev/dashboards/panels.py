"""What operators look at, subject by subject. Each panel is one question with its query.

`legend` names a line by its labels; `unit` is Grafana's word for what the figures are.
"""

from dataclasses import dataclass
from typing import Literal

Unit = Literal["short", "s", "reqps", "percentunit", "d", "bool"]
_DOORS = 'job=~"internet|lgwan"'
_HTTP = "oita_http_request_duration_seconds"


@dataclass(frozen=True)
class Panel:
    title: str
    query: str
    unit: Unit = "short"
    legend: str = "{{job}}"


@dataclass(frozen=True)
class Board:
    """One dashboard; `name` is its file's."""

    name: str
    title: str
    panels: tuple[Panel, ...]


def _slowest(selector: str, share: float = 0.95, by: str = "job") -> str:
    rate = f"rate({_HTTP}_bucket{{{selector}}}[5m])"
    return f"histogram_quantile({share}, sum by (le, {by}) ({rate}))"


def _today(title: str, fact: str) -> Panel:
    """Facts of the last 24 hours that booking published."""
    counted = f'increase(oita_facts_published_total{{fact="booking.{fact}.v1"}}[1d])'
    return Panel(f"{title}（24時間）", f"sum({counted})", legend=title)


BOARDS = (
    Board(
        "doors",
        "予約サイトと職員の画面",
        (
            Panel(
                "1秒あたりの画面", f"sum by (job) (rate({_HTTP}_count{{{_DOORS}}}[5m]))", "reqps"
            ),
            Panel("20回に1回より遅い画面の秒数", _slowest(_DOORS), "s"),
            Panel("失敗した割合（5分）", "door:errors:ratio_rate5m", "percentunit"),
            Panel(
                "断った回数（5分、画面ごと）",
                f'sum by (job, status) (increase({_HTTP}_count{{{_DOORS},status=~"4.."}}[5m]))',
                legend="{{job}} {{status}}",
            ),
            Panel("時計のずれ", f"oita_clock_offset_seconds{{{_DOORS}}}", "s"),
            Panel(
                "1時間に間違えて入力した回数",
                "max(oita_wrong_tries_last_hour)",
                legend="予約番号・カード",
            ),
            Panel("多く取っている接続元", "max(oita_origins_over_ceiling)", legend="接続元"),
            Panel("動いている数", f"sum by (job) (up{{{_DOORS}}})"),
        ),
    ),
    Board(
        "today",
        "今日の予約",
        (
            _today("予約", "confirmed"),
            _today("変更", "changed"),
            _today("取消", "cancelled"),
            _today("受付", "arrived"),
            _today("完了・完了できず", "finished"),
            _today("来庁なし", "missed"),
            _today("時間のなくなった予約", "displaced"),
            Panel(
                "1分あたりの予約",
                '60 * sum(rate(oita_facts_published_total{fact="booking.confirmed.v1"}[10m]))',
                legend="予約",
            ),
            Panel("何日先まで枠があるか", "max(oita_times_laid_out_days)", "d", "日"),
            Panel("枠のない開庁日", "max(oita_times_missing_days)", "d", "日"),
            Panel(
                "遅くした枠の確保（1時間）",
                "sum(increase(oita_holds_slowed_total[1h]))",
                legend="確保",
            ),
            Panel("書き出せていない停止時用一覧", "max(oita_offline_lists_missing)", legend="場所"),
        ),
    ),
    Board(
        "facts",
        "サービスの間の知らせ",
        (
            Panel(
                "1秒あたりに送った知らせ",
                "sum by (job) (rate(oita_facts_published_total[5m]))",
                "reqps",
            ),
            Panel(
                "1秒あたりに取り込んだ知らせ",
                "sum by (job, result) (rate(oita_facts_handled_total[5m]))",
                "reqps",
                "{{job}} {{result}}",
            ),
            Panel("まだ渡せていない知らせ", "oita_outbox_backlog"),
            Panel("そのうち最も古いもの", "oita_outbox_oldest_seconds", "s"),
            Panel("やり直しを待つ知らせ", "oita_inbox_retries_waiting"),
            Panel("あきらめた知らせ", "oita_inbox_dead_letters"),
            Panel(
                "取り込みの秒数（20回に1回より遅い）",
                "histogram_quantile(0.95, sum by (le, job) "
                "(rate(oita_fact_handling_duration_seconds_bucket[5m])))",
                "s",
            ),
            Panel("ほかの部分の写しの行数", "oita_projection_rows", legend="{{job}} {{of}}"),
        ),
    ),
    Board(
        "database",
        "データベース",
        (
            Panel(
                "答えの秒数（データベースを使うサービス）",
                _slowest('job=~"booking|eligibility|notify|reporting"'),
                "s",
            ),
            Panel(
                "同じ行の取り合いでやり直した回数（1時間）",
                "sum by (job) (increase(oita_transactions_run_again_total[1h]))",
            ),
            Panel(
                "裏の仕事のやり直し（1時間）",
                "sum by (job, task) (increase(oita_task_restarts_total[1h]))",
                legend="{{job}} {{task}}",
            ),
            Panel(
                "受け取っているジャーナル",
                "sum(oita_backup_journal_connected)",
                legend="ジャーナル",
            ),
            Panel(
                "予約が待つジャーナル", "sum(oita_backup_journal_synchronous)", legend="ジャーナル"
            ),
            Panel("ジャーナルの遅れ", "oita_backup_journal_lag_seconds", "s", "{{instance}}"),
        ),
    ),
    Board(
        "broker",
        "RabbitMQ",
        (
            Panel("たまっている知らせ", "sum(rabbitmq_queue_messages)", legend="すべてのキュー"),
            Panel("つながっている接続", "sum(rabbitmq_connections)", legend="接続"),
            Panel(
                "ディスクの警報", "max(rabbitmq_alarms_free_disk_space_watermark)", "bool", "警報"
            ),
            Panel("足りないキュー", "oita_broker_misses", legend="{{job}} {{what}}"),
            Panel(
                "断られた知らせ（1時間）", "sum by (job) (increase(oita_facts_refused_total[1h]))"
            ),
            Panel(
                "持ち主でない者からの知らせ（1時間）",
                "sum by (job) (increase(oita_facts_foreign_total[1h]))",
            ),
        ),
    ),
    Board(
        "mails",
        "メール",
        (
            Panel(
                "1時間に送ったメール",
                'sum by (kind) (increase(oita_mails_total{result="sent"}[1h]))',
                legend="{{kind}}",
            ),
            Panel(
                "1時間に送れなかったメール",
                'sum by (kind) (increase(oita_mails_total{result="failed"}[1h]))',
                legend="{{kind}}",
            ),
            Panel(
                "1時間に後回しになったメール",
                'sum by (kind) (increase(oita_mails_total{result="retried"}[1h]))',
                legend="{{kind}}",
            ),
            Panel(
                "待っている最も古いメール", "max(oita_mail_oldest_waiting_seconds)", "s", "メール"
            ),
            Panel("書けずに待つメール", "max(oita_mails_unwritable)", legend="メール"),
        ),
    ),
    Board(
        "backup",
        "控え",
        (
            Panel("バックアップの古さ", "min(oita_backup_base_age_seconds)", "s", "バックアップ"),
            Panel("復元訓練の古さ", "min(oita_backup_drill_age_seconds)", "s", "復元訓練"),
            Panel("復元訓練が成功したか", "min(oita_backup_drill_ok)", "bool", "復元訓練"),
            Panel("欠けているファイル", "max(oita_backup_missing_files)", legend="ファイル"),
            Panel("保管を待つファイル", "oita_backup_unsealed_files", legend="{{instance}}"),
            Panel("ジャーナルの遅れ", "oita_backup_journal_lag_seconds", "s", "{{instance}}"),
        ),
    ),
)
