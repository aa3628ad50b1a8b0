"""How the official table is printed.

The triggers that freeze published templates step aside meanwhile: SQLite makes the table anew to add these columns.
"""

from importlib import import_module

from django.db import migrations, models

frozen = import_module("indicators.migrations.0002_published_templates_are_frozen")


class Migration(migrations.Migration):

    dependencies = [
        ('indicators', '0002_published_templates_are_frozen'),
    ]

    operations = [
        migrations.RunPython(frozen.drop_triggers, frozen.create_triggers),
        migrations.AddField(
            model_name='indicatortemplate',
            name='amount_format',
            field=models.CharField(choices=[('typed', '按填写的数字（如 2677.7）'), ('grouped', '保留两位小数并加千位分隔符（如 2,677.70）')], default='typed', max_length=20, verbose_name='金额格式'),
        ),
        migrations.AddField(
            model_name='indicatortemplate',
            name='orientation',
            field=models.CharField(choices=[('landscape', '横向'), ('portrait', '纵向')], default='landscape', max_length=20, verbose_name='纸张方向'),
        ),
        migrations.AddField(
            model_name='indicatortemplate',
            name='remark_column',
            field=models.BooleanField(default=True, verbose_name='打印“备注”栏'),
        ),
        migrations.AddField(
            model_name='indicatortemplate',
            name='signature_lines',
            field=models.BooleanField(default=False, help_text='在表格下方留出填报人、负责人签字和单位盖章的位置。', verbose_name='打印签字盖章栏'),
        ),
        migrations.AddField(
            model_name='indicatortemplate',
            name='standard_column',
            field=models.BooleanField(default=True, verbose_name='打印“评/扣分标准”栏'),
        ),
        migrations.AddField(
            model_name='indicatortemplate',
            name='unit_column',
            field=models.BooleanField(default=False, help_text='正式表样没有此栏：单位印在“评/扣分标准”栏；该栏已有文字的，印在指标值之后。', verbose_name='“度量单位”单独成栏'),
        ),
        migrations.RunPython(frozen.create_triggers, frozen.drop_triggers),
    ]
