"""Recipes, draws, parallel work, and files that are whole or not there."""
