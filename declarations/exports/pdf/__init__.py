"""The official table as PDF, in print quality, drawn by WeasyPrint."""

from declarations.exports.pdf.rendering import render_pdf

__all__ = ["render_pdf"]
