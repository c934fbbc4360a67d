"""The project's addresses and an empty view: what Django REST framework itself costs."""

from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from aqi_project.urls import urlpatterns as project


class Empty(APIView):
    def post(self, request: Request) -> Response:
        return Response({})


urlpatterns = [path("empty", Empty.as_view()), *project]
